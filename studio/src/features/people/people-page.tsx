import { Button, Tabs } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconUserPlus } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Page } from '@/components/page';
import { Invitations } from './invitations';
import { InviteDialog } from './invite-dialog';
import { Members } from './members';

const route = getRouteApi('/shell/settings/people');

/** The members of the tenant and the open invitations. */
export function PeoplePage() {
  const { t } = useTranslation();
  const { page = 1, search, view = 'members' } = route.useSearch();
  const navigate = route.useNavigate();
  const [inviting, { open, close }] = useDisclosure(false);
  const invite = (
    <Button leftSection={<IconUserPlus size={17} aria-hidden />} onClick={open} data-testid="invite">
      {t('people.invite')}
    </Button>
  );
  return (
    <Page title={t('people.title')} text={t('people.text')} actions={invite}>
      <Tabs value={view} onChange={(next) => void navigate({ search: { view: next === 'invitations' ? next : undefined } })} keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="members" data-testid="tab-members">
            {t('people.members')}
          </Tabs.Tab>
          <Tabs.Tab value="invitations" data-testid="tab-invitations">
            {t('people.invitations')}
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="members">
          <Members
            page={page}
            search={search}
            onPage={(next) => void navigate({ search: { search, page: next } })}
            onSearch={(wanted) => void navigate({ search: { search: wanted }, replace: true })}
          />
        </Tabs.Panel>
        <Tabs.Panel value="invitations">
          <Invitations page={page} onPage={(next) => void navigate({ search: { view: 'invitations', page: next } })} />
        </Tabs.Panel>
      </Tabs>
      {inviting && <InviteDialog onClose={close} onMade={() => void navigate({ search: { view: 'invitations' } })} />}
    </Page>
  );
}
