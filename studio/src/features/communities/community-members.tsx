import { Button, Group, Modal, Select, Stack, Table, Text } from '@mantine/core';
import { useDebouncedValue, useDisclosure } from '@mantine/hooks';
import { IconUserMinus, IconUserPlus, IconUsers } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { communities, communityMembersQuery, removeCommunityMember, setCommunityRole } from '@/api/communities';
import { membersQuery } from '@/api/members';
import type { CommunityMember } from '@/api/types';
import { Ago } from '@/components/ago';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { ErrorNotice } from '@/components/error-notice';
import { Listing } from '@/components/listing';
import { RolePicker } from '@/components/role-picker';
import { RowAction } from '@/components/row-action';
import { useMay } from '@/components/use-may';
import { useRoles } from '@/components/use-roles';
import { useChange } from '@/lib/use-change';

interface CommunityMembersProps {
  communityId: number;
  page: number;
  onPage: (page: number) => void;
}

export function CommunityMembers({ communityId, page, onPage }: CommunityMembersProps) {
  const { t } = useTranslation();
  const query = useQuery(communityMembersQuery(communityId, page));
  const granted = useMay();
  const may = granted('manage:community_members');
  const roles = useRoles();
  const [adding, { open, close }] = useDisclosure(false);
  const [leaving, setLeaving] = useState<CommunityMember>();
  return (
    <Stack>
      {may && granted('manage:members') && (
        <Group justify="flex-end">
          <Button leftSection={<IconUserPlus size={17} aria-hidden />} onClick={open} data-testid="add-community-member">
            {t('communities.add')}
          </Button>
        </Group>
      )}
      <Listing query={query} empty={{ icon: IconUsers, title: t('communities.noMembers'), text: t('communities.noMembersText') }} onPage={onPage}>
        {(items) => (
          <Table verticalSpacing="sm" horizontalSpacing="md">
            <Table.Tbody>
              {items.map((member) => (
                <Table.Tr key={member.user_id} data-testid="community-member-row">
                  <Table.Td style={{ overflowWrap: 'anywhere' }}>
                    <Text size="sm" fw={600}>
                      {member.username}
                    </Text>
                  </Table.Td>
                  <Table.Td w={180}>
                    {may ? (
                      <RolePicker
                        name={member.username}
                        role={member.role}
                        roleName={member.role_name}
                        roles={roles.keys}
                        label={roles.label}
                        onPick={(role) => setCommunityRole(communityId, member.user_id, role)}
                        touched={[...communities, communityId]}
                      />
                    ) : (
                      t(`role.${member.role}`, member.role_name ?? member.role)
                    )}
                  </Table.Td>
                  <Table.Td w={160} className="muted">
                    <Ago at={member.since} />
                  </Table.Td>
                  <Table.Td w={56}>
                    {may && (
                      <RowAction
                        icon={IconUserMinus}
                        tip={t('common.remove')}
                        label={t('people.remove', { name: member.username })}
                        onClick={() => setLeaving(member)}
                        testId="remove-community-member"
                      />
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
      </Listing>
      {adding && <AddDialog communityId={communityId} onClose={close} />}
      {leaving && (
        <ConfirmDialog
          title={t('people.remove', { name: leaving.username })}
          text={t('communities.removeText')}
          action={t('common.remove')}
          onConfirm={() => removeCommunityMember(communityId, leaving.user_id)}
          touched={[[...communities, communityId]]}
          onClose={() => setLeaving(undefined)}
        />
      )}
    </Stack>
  );
}

function AddDialog({ communityId, onClose }: { communityId: number; onClose: () => void }) {
  const { t } = useTranslation();
  const [search, setSearch] = useState('');
  const [wanted] = useDebouncedValue(search, 250);
  const { data } = useQuery(membersQuery({ page: 1, search: wanted || undefined }));
  const roles = useRoles();
  const [person, setPerson] = useState<string | null>(null);
  const [role, setRole] = useState('editor');
  const found = (data?.items ?? []).map(({ user_id, username }) => ({ value: user_id, label: username }));
  const add = useChange((userId: string) => setCommunityRole(communityId, userId, role), [[...communities, communityId]], onClose);
  return (
    <Modal opened onClose={onClose} title={t('communities.add')}>
      <Stack>
        {add.error && <ErrorNotice error={add.error} />}
        <Select
          label={t('people.person')}
          placeholder={t('people.search')}
          searchable
          required
          data-autofocus
          data={found}
          // The server has searched.
          filter={({ options }) => options}
          nothingFoundMessage={t('people.none')}
          value={person}
          onChange={setPerson}
          onSearchChange={(text) => setSearch(found.some(({ label }) => label === text) ? '' : text)}
          data-testid="pick-person"
        />
        <Select
          label={t('people.role')}
          allowDeselect={false}
          data={roles.keys.map((value) => ({ value, label: roles.label(value) }))}
          value={role}
          onChange={(next) => setRole(next ?? role)}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button disabled={person === null} loading={add.isPending} onClick={() => person !== null && add.mutate(person)} data-testid="add-submit">
            {t('communities.addAction')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
