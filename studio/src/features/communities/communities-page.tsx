import { Button, Group, Table } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPencil, IconPlus, IconTrash, IconUsersGroup } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { communities, communitiesQuery, createCommunity, deleteCommunity, renameCommunity } from '@/api/communities';
import { meQuery } from '@/api/session';
import type { CommunityDetails } from '@/api/types';
import { Ago } from '@/components/ago';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { AnchorLink } from '@/components/links';
import { Listing } from '@/components/listing';
import { NameDialog } from '@/components/name-dialog';
import { Page } from '@/components/page';
import { RowAction } from '@/components/row-action';
import { useMay } from '@/components/use-may';

const route = getRouteApi('/shell/settings/communities');

// The session holds the user's communities, so it is read again.
const touched = [communities, meQuery.queryKey];

export function CommunitiesPage() {
  const { t } = useTranslation();
  const { page = 1 } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(communitiesQuery(page));
  const may = useMay()('manage:communities');
  const [creating, { open, close }] = useDisclosure(false);
  const [change, setChange] = useState<{ community: CommunityDetails; kind: 'rename' | 'delete' }>();
  const done = () => setChange(undefined);
  const create = may && (
    <Button leftSection={<IconPlus size={17} aria-hidden />} onClick={open} data-testid="create-community">
      {t('communities.create')}
    </Button>
  );
  return (
    <Page title={t('communities.title')} text={t('communities.text')} actions={create}>
      <Listing
        query={query}
        empty={{ icon: IconUsersGroup, title: t('communities.none'), text: t('communities.noneText') }}
        onPage={(next) => void navigate({ search: { page: next } })}
      >
        {(items) => (
          <Table highlightOnHover verticalSpacing="sm" horizontalSpacing="md">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('communities.name')}</Table.Th>
                <Table.Th w={160}>{t('communities.created')}</Table.Th>
                <Table.Th w={100} />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map((community) => (
                <Table.Tr key={community.community_id} data-testid="community-row">
                  <Table.Td style={{ overflowWrap: 'anywhere' }}>
                    <AnchorLink
                      to="/settings/communities/$communityId"
                      params={{ communityId: community.community_id }}
                      fw={600}
                      c="inherit"
                      data-testid="open-community"
                    >
                      {community.name}
                    </AnchorLink>
                  </Table.Td>
                  <Table.Td className="muted">
                    <Ago at={community.created_at} />
                  </Table.Td>
                  <Table.Td>
                    {may && (
                      <Group gap={4} wrap="nowrap" justify="flex-end">
                        <RowAction
                          icon={IconPencil}
                          tip={t('communities.rename')}
                          label={t('communities.renameName', { name: community.name })}
                          onClick={() => setChange({ community, kind: 'rename' })}
                          testId="rename-community"
                        />
                        <RowAction
                          icon={IconTrash}
                          tip={t('common.delete')}
                          label={t('communities.delete', { name: community.name })}
                          onClick={() => setChange({ community, kind: 'delete' })}
                          testId="delete-community"
                        />
                      </Group>
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
      </Listing>
      {creating && (
        <NameDialog
          title={t('communities.create')}
          label={t('communities.name')}
          action={t('common.create')}
          onName={createCommunity}
          touched={touched}
          onClose={close}
        />
      )}
      {change?.kind === 'rename' && (
        <NameDialog
          title={t('communities.rename')}
          label={t('communities.name')}
          action={t('communities.rename')}
          name={change.community.name}
          onName={(name) => renameCommunity(change.community.community_id, name)}
          touched={touched}
          onClose={done}
        />
      )}
      {change?.kind === 'delete' && (
        <ConfirmDialog
          title={t('communities.delete', { name: change.community.name })}
          text={t('communities.deleteText')}
          action={t('common.delete')}
          onConfirm={() => deleteCommunity(change.community.community_id)}
          touched={touched}
          onClose={done}
        />
      )}
    </Page>
  );
}
