import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus, IconRobot } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { changeServiceAccount, deleteServiceAccount, serviceAccounts, serviceAccountsQuery } from '@/api/service-accounts';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { Listing } from '@/components/listing';
import { NameDialog } from '@/components/name-dialog';
import { Page } from '@/components/page';
import { AccountTable, type Change } from './account-table';
import { CreateDialog } from './create-dialog';

const route = getRouteApi('/shell/settings/service-accounts');

/** Members that are programs. */
export function ServiceAccountsPage() {
  const { t } = useTranslation();
  const { page = 1 } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(serviceAccountsQuery(page));
  const [creating, { open, close }] = useDisclosure(false);
  const [change, setChange] = useState<Change>();
  const done = () => setChange(undefined);
  const create = (
    <Button leftSection={<IconPlus size={17} aria-hidden />} onClick={open} data-testid="create-service-account">
      {t('serviceAccounts.create')}
    </Button>
  );
  return (
    <Page title={t('serviceAccounts.title')} text={t('serviceAccounts.text')} actions={create}>
      <Listing
        query={query}
        empty={{ icon: IconRobot, title: t('serviceAccounts.none'), text: t('serviceAccounts.noneText') }}
        onPage={(next) => void navigate({ search: { page: next } })}
      >
        {(items) => <AccountTable items={items} onChange={setChange} />}
      </Listing>
      {creating && (
        <CreateDialog
          onClose={close}
          onMade={({ user_id }) => void navigate({ to: '/settings/service-accounts/$userId', params: { userId: user_id } })}
        />
      )}
      {change?.kind === 'rename' && (
        <NameDialog
          title={t('communities.rename')}
          label={t('communities.name')}
          action={t('communities.rename')}
          name={change.account.name}
          onName={(name) => changeServiceAccount(change.account.user_id, { name })}
          touched={[serviceAccounts]}
          onClose={done}
        />
      )}
      {change?.kind === 'delete' && (
        <ConfirmDialog
          title={t('communities.delete', { name: change.account.name })}
          text={t('serviceAccounts.deleteText')}
          action={t('common.delete')}
          onConfirm={() => deleteServiceAccount(change.account.user_id)}
          touched={[serviceAccounts]}
          onClose={done}
        />
      )}
    </Page>
  );
}
