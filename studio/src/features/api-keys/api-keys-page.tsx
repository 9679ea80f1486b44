import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { meQuery } from '@/api/session';
import { ApiKeys } from '@/components/api-keys/api-keys';
import { CreateApiKeyDialog } from '@/components/api-keys/create-dialog';
import { Page } from '@/components/page';

const route = getRouteApi('/shell/settings/api-keys');

/** One's own keys. */
export function ApiKeysPage() {
  const { t } = useTranslation();
  const { page = 1 } = route.useSearch();
  const navigate = route.useNavigate();
  const { data: me } = useSuspenseQuery(meQuery);
  const [creating, { open, close }] = useDisclosure(false);
  const create = (
    <Button leftSection={<IconPlus size={17} aria-hidden />} onClick={open} data-testid="create-api-key">
      {t('apiKeys.create')}
    </Button>
  );
  return (
    <Page title={t('apiKeys.title')} text={t('apiKeys.text')} actions={create}>
      <ApiKeys page={page} onPage={(next) => void navigate({ search: { page: next } })} />
      {creating && <CreateApiKeyDialog offered={me.permissions} onClose={close} />}
    </Page>
  );
}
