import { Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { communityQuery } from '@/api/communities';
import { ErrorNotice } from '@/components/error-notice';
import { ButtonLink } from '@/components/links';
import { Loading, Page } from '@/components/page';
import { CommunityMembers } from './community-members';
import { Entities } from './entities';

const route = getRouteApi('/shell/settings/communities/$communityId');

/** The entities and members of a community. */
export function CommunityPage() {
  const { t } = useTranslation();
  const { communityId } = route.useParams();
  const { page = 1, view = 'entities' } = route.useSearch();
  const navigate = route.useNavigate();
  const { data, error, refetch } = useQuery(communityQuery(communityId));
  const back = (
    <ButtonLink to="/settings/communities" variant="default">
      {t('communities.all')}
    </ButtonLink>
  );
  return (
    <Page title={data?.name ?? t('communities.one')} text={t('communities.oneText')} actions={back}>
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data && (
        <Tabs value={view} onChange={(next) => void navigate({ search: { view: next === 'members' ? next : undefined } })} keepMounted={false}>
          <Tabs.List mb="md">
            <Tabs.Tab value="entities">{t('communities.entities')}</Tabs.Tab>
            <Tabs.Tab value="members" data-testid="tab-community-members">
              {t('communities.members')}
            </Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="entities">
            <Entities communityId={communityId} page={page} onPage={(next) => void navigate({ search: { page: next } })} />
          </Tabs.Panel>
          <Tabs.Panel value="members">
            <CommunityMembers communityId={communityId} page={page} onPage={(next) => void navigate({ search: { view: 'members', page: next } })} />
          </Tabs.Panel>
        </Tabs>
      )}
    </Page>
  );
}
