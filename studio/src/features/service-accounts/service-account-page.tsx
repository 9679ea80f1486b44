import { Button, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { memberQuery } from '@/api/members';
import { serviceAccountQuery } from '@/api/service-accounts';
import { meQuery } from '@/api/session';
import { ApiKeys } from '@/components/api-keys/api-keys';
import { CreateApiKeyDialog } from '@/components/api-keys/create-dialog';
import { ErrorNotice } from '@/components/error-notice';
import { ButtonLink } from '@/components/links';
import { Loading, Page } from '@/components/page';

const route = getRouteApi('/shell/settings/service-accounts/$userId');

/** A service account and the keys that it calls the API with. */
export function ServiceAccountPage() {
  const { t } = useTranslation();
  const { userId } = route.useParams();
  const { page = 1 } = route.useSearch();
  const navigate = route.useNavigate();
  const { data, error, refetch } = useQuery(serviceAccountQuery(userId));
  const offered = useOffered(userId);
  const [creating, { open, close }] = useDisclosure(false);
  const actions = (
    <Group gap="xs">
      <ButtonLink to="/settings/service-accounts" variant="default">
        {t('serviceAccounts.all')}
      </ButtonLink>
      {data && (
        <Button leftSection={<IconPlus size={17} aria-hidden />} onClick={open} data-testid="create-api-key">
          {t('apiKeys.create')}
        </Button>
      )}
    </Group>
  );
  return (
    <Page
      title={data?.name ?? t('people.serviceAccount')}
      text={data && t('serviceAccounts.oneText', { role: t(`role.${data.role}`, data.role_name ?? data.role) })}
      actions={actions}
    >
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data && <ApiKeys owner={userId} page={page} onPage={(next) => void navigate({ search: { page: next } })} />}
      {creating && <CreateApiKeyDialog owner={userId} offered={offered} onClose={close} />}
    </Page>
  );
}

/** The permissions that both the user and the account have. A user who can't read members is offered their own; the API refuses the rest. */
function useOffered(userId: string): string[] {
  const { data: me } = useSuspenseQuery(meQuery);
  const { data: member } = useQuery({ ...memberQuery(userId), enabled: me.permissions.includes('manage:members') });
  return member === undefined ? me.permissions : me.permissions.filter((name) => member.permissions.includes(name));
}
