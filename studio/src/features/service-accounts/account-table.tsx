import { Group, Table, ThemeIcon } from '@mantine/core';
import { IconPencil, IconRobot, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { changeServiceAccount, serviceAccounts } from '@/api/service-accounts';
import type { ServiceAccount } from '@/api/types';
import { Ago } from '@/components/ago';
import { AnchorLink, ButtonLink } from '@/components/links';
import { RolePicker } from '@/components/role-picker';
import { RowAction } from '@/components/row-action';
import { useRoles } from '@/components/use-roles';

export interface Change {
  account: ServiceAccount;
  kind: 'rename' | 'delete';
}

export function AccountTable({ items, onChange }: { items: ServiceAccount[]; onChange: (change: Change) => void }) {
  const { t } = useTranslation();
  return (
    <Table.ScrollContainer type="native" minWidth={720}>
      <Table verticalSpacing="sm" horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('communities.name')}</Table.Th>
            <Table.Th w={180}>{t('people.role')}</Table.Th>
            <Table.Th w={140}>{t('communities.created')}</Table.Th>
            <Table.Th w={230} />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((account) => (
            <AccountRow key={account.user_id} account={account} onChange={(kind) => onChange({ account, kind })} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function AccountRow({
  account: { user_id, name, role, role_name, created_at },
  onChange,
}: {
  account: ServiceAccount;
  onChange: (kind: Change['kind']) => void;
}) {
  const { t } = useTranslation();
  const roles = useRoles();
  const to = { to: '/settings/service-accounts/$userId', params: { userId: user_id } } as const;
  return (
    <Table.Tr data-testid="service-account-row">
      <Table.Td maw={320}>
        <Group gap="sm" wrap="nowrap">
          <ThemeIcon variant="light" color="gray" size={34} radius="xl">
            <IconRobot size={19} stroke={1.6} aria-hidden />
          </ThemeIcon>
          <AnchorLink {...to} size="sm" fw={600} c="inherit" truncate title={name}>
            {name}
          </AnchorLink>
        </Group>
      </Table.Td>
      <Table.Td>
        <RolePicker
          name={name}
          role={role}
          roleName={role_name}
          roles={roles.keys}
          label={roles.label}
          onPick={(wanted) => changeServiceAccount(user_id, { role: wanted })}
          touched={serviceAccounts}
        />
      </Table.Td>
      <Table.Td className="muted">
        <Ago at={created_at} />
      </Table.Td>
      <Table.Td>
        <Group gap={4} wrap="nowrap" justify="flex-end">
          <ButtonLink {...to} size="xs" variant="default" data-testid="open-service-account">
            {t('apiKeys.title')}
          </ButtonLink>
          <RowAction
            icon={IconPencil}
            tip={t('communities.rename')}
            label={t('communities.renameName', { name })}
            onClick={() => onChange('rename')}
            testId="rename-service-account"
          />
          <RowAction
            icon={IconTrash}
            tip={t('common.delete')}
            label={t('communities.delete', { name })}
            onClick={() => onChange('delete')}
            testId="delete-service-account"
          />
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}
