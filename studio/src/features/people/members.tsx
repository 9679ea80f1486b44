import { Avatar, Badge, Box, Group, Stack, Table, Text, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconRobot, IconSearch, IconUserMinus, IconUsers } from '@tabler/icons-react';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { changeRole, members, membersQuery, removeMember } from '@/api/members';
import { meQuery } from '@/api/session';
import type { Member } from '@/api/types';
import { Ago } from '@/components/ago';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { Listing } from '@/components/listing';
import { RolePicker } from '@/components/role-picker';
import { RowAction } from '@/components/row-action';
import { useRoles } from '@/components/use-roles';

interface MembersProps {
  page: number;
  search: string | undefined;
  onPage: (page: number) => void;
  onSearch: (search: string | undefined) => void;
}

export function Members({ page, search, onPage, onSearch }: MembersProps) {
  const { t } = useTranslation();
  const query = useQuery(membersQuery({ page, search }));
  const find = useDebouncedCallback((wanted: string) => onSearch(wanted.trim() || undefined), 250);
  const [leaving, setLeaving] = useState<Member>();
  return (
    <Stack gap="lg">
      <TextInput
        maw={320}
        placeholder={t('people.search')}
        aria-label={t('people.search')}
        leftSection={<IconSearch size={16} aria-hidden />}
        defaultValue={search}
        onChange={(event) => find(event.currentTarget.value)}
        data-testid="member-search"
      />
      <Listing query={query} empty={{ icon: IconUsers, title: t('people.none'), text: t('people.noneText') }} onPage={onPage}>
        {(items) => (
          <Table.ScrollContainer type="native" minWidth={700}>
            <Table verticalSpacing="sm" horizontalSpacing="md">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t('people.person')}</Table.Th>
                  <Table.Th w={180}>{t('people.role')}</Table.Th>
                  <Table.Th w={130}>{t('people.joined')}</Table.Th>
                  <Table.Th w={150}>{t('people.lastUsed')}</Table.Th>
                  <Table.Th w={56} />
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {items.map((member) => (
                  <MemberRow key={member.user_id} member={member} onRemove={() => setLeaving(member)} />
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
      </Listing>
      {leaving && (
        <ConfirmDialog
          title={t('people.remove', { name: leaving.username })}
          text={t('people.removeText')}
          action={t('common.remove')}
          onConfirm={() => removeMember(leaving.user_id)}
          touched={[members]}
          onClose={() => setLeaving(undefined)}
        />
      )}
    </Stack>
  );
}

function MemberRow({ member, onRemove }: { member: Member; onRemove: () => void }) {
  const { t } = useTranslation();
  const { data: me } = useSuspenseQuery(meQuery);
  const roles = useRoles({ withOwner: true });
  const own = member.user_id === me.user.user_id;
  const { username, email, role, role_name, is_service_account } = member;
  return (
    <Table.Tr data-testid="member-row">
      <Table.Td maw={300}>
        <Group gap="sm" wrap="nowrap">
          <Avatar color={own ? 'tide' : 'gray'} radius="xl" size={34} name={username}>
            {is_service_account && <IconRobot size={19} stroke={1.6} aria-hidden />}
          </Avatar>
          <Box miw={0}>
            <Group gap={6} wrap="nowrap">
              <Text size="sm" fw={600} truncate title={username}>
                {username}
              </Text>
              {own && <Badge miw="max-content">{t('people.you')}</Badge>}
            </Group>
            {(is_service_account || email !== username) && (
              <Text size="xs" c="var(--sf-muted)" truncate>
                {is_service_account ? t('people.serviceAccount') : email}
              </Text>
            )}
          </Box>
        </Group>
      </Table.Td>
      <Table.Td>
        {own ? (
          <Text size="sm">{t(`role.${role}`, role_name)}</Text>
        ) : (
          <RolePicker
            name={username}
            role={role}
            roleName={role_name}
            roles={roles.keys}
            beyond={roles.beyond}
            label={roles.label}
            onPick={(wanted) => changeRole(member.user_id, wanted)}
            touched={members}
          />
        )}
      </Table.Td>
      <Table.Td className="muted">
        <Ago at={member.joined_at} />
      </Table.Td>
      <Table.Td className="muted">{member.last_used_at ? <Ago at={member.last_used_at} /> : t('people.never')}</Table.Td>
      <Table.Td>
        {!own && !roles.beyond.includes(role) && (
          <RowAction
            icon={IconUserMinus}
            tip={t('common.remove')}
            label={t('people.remove', { name: username })}
            onClick={onRemove}
            testId="remove-member"
          />
        )}
      </Table.Td>
    </Table.Tr>
  );
}
