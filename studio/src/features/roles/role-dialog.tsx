import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { members } from '@/api/members';
import { changeOwnRole, createRole, roles } from '@/api/roles';
import { meQuery } from '@/api/session';
import type { Role } from '@/api/types';
import { ErrorNotice } from '@/components/error-notice';
import { PermissionPicker } from '@/components/permission-picker';
import { showFieldErrors, withoutFields } from '@/lib/field-errors';
import { owner } from '@/lib/roles';
import { useChange } from '@/lib/use-change';

interface RoleDialogProps {
  /** None for a new one. */
  role: Role | undefined;
  all: Role[];
  onClose: () => void;
}

export function RoleDialog({ role, all, onClose }: RoleDialogProps) {
  const { t } = useTranslation();
  const { data: me } = useSuspenseQuery(meQuery);
  // An owner may do everything that there is.
  const offered = all.find((other) => other.role === owner)?.permissions ?? me.permissions;
  const form = useForm({
    initialValues: { name: role?.name ?? '', permissions: role?.permissions ?? [] },
    validate: { name: (name) => (name.trim() === '' ? t('roles.nameNeeded') : null) },
  });
  const write = useChange(
    ({ name, permissions }: typeof form.values) => {
      const body = { name: name.trim(), permissions };
      return role === undefined ? createRole(body) : changeOwnRole(role.role, body);
    },
    // One's own role may be the one that changed.
    [roles, members, meQuery.queryKey],
    onClose,
  );
  const general = withoutFields(write.error);
  return (
    <Modal opened size="lg" onClose={onClose} title={role === undefined ? t('roles.create') : t('roles.edit')}>
      <form onSubmit={form.onSubmit((values) => write.mutate(values, { onError: showFieldErrors(form) }))} noValidate>
        <Stack>
          {general && <ErrorNotice error={general} />}
          <TextInput label={t('communities.name')} required maxLength={60} data-autofocus data-testid="role-name" {...form.getInputProps('name')} />
          <PermissionPicker
            label={t('apiKeys.permissions')}
            description={t('roles.permissionsText')}
            all={t('apiKeys.all')}
            offered={offered}
            available={me.permissions}
            value={form.values.permissions}
            onChange={(permissions) => form.setFieldValue('permissions', permissions)}
            error={form.errors.permissions}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={write.isPending} data-testid="role-submit">
              {role === undefined ? t('common.create') : t('common.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
