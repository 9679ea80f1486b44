import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { createServiceAccount, serviceAccounts } from '@/api/service-accounts';
import type { ServiceAccount } from '@/api/types';
import { ErrorNotice } from '@/components/error-notice';
import { useRoles } from '@/components/use-roles';
import { showFieldErrors, withoutFields } from '@/lib/field-errors';
import { useChange } from '@/lib/use-change';

export function CreateDialog({ onClose, onMade }: { onClose: () => void; onMade: (account: ServiceAccount) => void }) {
  const { t } = useTranslation();
  const roles = useRoles();
  const form = useForm({
    initialValues: { name: '', role: 'operator' },
    validate: { name: (name) => (name.trim() === '' ? t('serviceAccounts.nameNeeded') : null) },
  });
  const create = useChange(createServiceAccount, [serviceAccounts], onMade);
  const general = withoutFields(create.error);
  return (
    <Modal opened onClose={onClose} title={t('serviceAccounts.create')}>
      <form onSubmit={form.onSubmit(({ name, role }) => create.mutate({ name: name.trim(), role }, { onError: showFieldErrors(form) }))} noValidate>
        <Stack>
          {general && <ErrorNotice error={general} />}
          <TextInput
            label={t('communities.name')}
            placeholder={t('apiKeys.namePlaceholder')}
            required
            maxLength={120}
            data-autofocus
            data-testid="service-account-name"
            {...form.getInputProps('name')}
          />
          <Select
            label={t('people.role')}
            description={t(`role.texts.${form.values.role}`, t('role.texts.own'))}
            allowDeselect={false}
            data={roles.keys.map((value) => ({ value, label: roles.label(value) }))}
            data-testid="service-account-role"
            {...form.getInputProps('role')}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={create.isPending} data-testid="service-account-submit">
              {t('common.create')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
