import { Accordion, Badge, Button, Group, Text } from '@mantine/core';
import { IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { deleteRole, roles, rolesQuery } from '@/api/roles';
import type { Role } from '@/api/types';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { ErrorNotice } from '@/components/error-notice';
import { Loading, Page } from '@/components/page';
import { PermissionList } from '@/components/permission-list';
import { useMay } from '@/components/use-may';
import { RoleDialog } from './role-dialog';

interface Change {
  kind: 'write' | 'delete';
  /** None for a new one. */
  role?: Role;
}

/** All roles with their permissions. Custom roles can be changed. */
export function RolesPage() {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(rolesQuery);
  const may = useMay();
  const [change, setChange] = useState<Change>();
  const done = () => setChange(undefined);
  const create = data && may('manage:roles') && (
    <Button leftSection={<IconPlus size={17} aria-hidden />} onClick={() => setChange({ kind: 'write' })} data-testid="create-role">
      {t('roles.create')}
    </Button>
  );
  return (
    <Page title={t('roles.title')} text={t('roles.text')} actions={create}>
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data && (
        <div className="surface" style={{ overflow: 'hidden' }}>
          <Accordion chevronPosition="left" variant="default">
            {data.map((role) => (
              <RoleItem key={role.role} role={role} onChange={(kind) => setChange({ kind, role })} />
            ))}
          </Accordion>
        </div>
      )}
      {data && change?.kind === 'write' && <RoleDialog role={change.role} all={data} onClose={done} />}
      {change?.kind === 'delete' && change.role && <DeleteDialog role={change.role} onClose={done} />}
    </Page>
  );
}

function RoleItem({ role, onChange }: { role: Role; onChange: (kind: Change['kind']) => void }) {
  const { t } = useTranslation();
  const may = useMay();
  const { name, permissions, built_in } = role;
  const changeable = !built_in && may('manage:roles') && permissions.every(may);
  return (
    <Accordion.Item value={role.role} data-testid="role-row">
      <Accordion.Control>
        <Group gap="xs" wrap="nowrap" pr="xs">
          <Text fw={600} size="sm" style={{ overflowWrap: 'anywhere' }}>
            {built_in ? t(`role.${role.role}`, name) : name}
          </Text>
          {!built_in && <Badge miw="max-content">{t('roles.own')}</Badge>}
          <Text size="xs" c="var(--sf-muted)" ml="auto" style={{ whiteSpace: 'nowrap' }}>
            {t('roles.count', { count: permissions.length })}
          </Text>
        </Group>
        {built_in && (
          <Text size="xs" c="var(--sf-muted)">
            {t(`role.texts.${role.role}`, '')}
          </Text>
        )}
      </Accordion.Control>
      <Accordion.Panel pl={{ base: 0, sm: 33 }}>
        <PermissionList names={permissions} />
        {changeable && (
          <Group mt="md" gap="xs">
            <Button
              size="xs"
              variant="default"
              leftSection={<IconPencil size={15} aria-hidden />}
              onClick={() => onChange('write')}
              data-testid="edit-role"
            >
              {t('common.edit')}
            </Button>
            <Button
              size="xs"
              variant="default"
              leftSection={<IconTrash size={15} aria-hidden />}
              onClick={() => onChange('delete')}
              data-testid="delete-role"
            >
              {t('common.delete')}
            </Button>
          </Group>
        )}
        {!built_in && !changeable && (
          <Text mt="md" size="xs" c="var(--sf-muted)">
            {t('roles.beyond')}
          </Text>
        )}
      </Accordion.Panel>
    </Accordion.Item>
  );
}

function DeleteDialog({ role, onClose }: { role: Role; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <ConfirmDialog
      title={t('communities.delete', { name: role.name })}
      text={t('roles.deleteText')}
      action={t('common.delete')}
      onConfirm={() => deleteRole(role.role)}
      touched={[roles]}
      onClose={onClose}
    />
  );
}
