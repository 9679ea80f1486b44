import { Button, Group, List, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { meQuery } from '@/api/session';
import { closeTenant, ownTenantsQuery, tenantQuery } from '@/api/tenants';
import type { TenantDetails } from '@/api/types';
import { ErrorNotice } from '@/components/error-notice';
import { Section } from '@/components/section';
import { showFieldErrors, withoutFields } from '@/lib/field-errors';
import { useChange } from '@/lib/use-change';

export function CloseSection({ tenant: { name } }: { tenant: TenantDetails }) {
  const { t } = useTranslation();
  const [asking, { open, close }] = useDisclosure(false);
  return (
    <Section title={t('tenant.close')} text={t('tenant.closeText')}>
      <Button color="red" variant="light" leftSection={<IconTrash size={16} aria-hidden />} onClick={open} data-testid="tenant-close">
        {t('tenant.closeAction')}
      </Button>
      {asking && <CloseDialog name={name} onClose={close} />}
    </Section>
  );
}

function CloseDialog({ name, onClose }: { name: string; onClose: () => void }) {
  const { t } = useTranslation();
  const form = useForm({ initialValues: { name: '' } });
  const end = useChange(closeTenant, [tenantQuery.queryKey, meQuery.queryKey, ownTenantsQuery.queryKey], onClose);
  const general = withoutFields(end.error);
  const repeated = form.values.name.trim() === name.trim();
  return (
    <Modal opened onClose={onClose} title={t('communities.delete', { name })}>
      <form onSubmit={form.onSubmit((values) => end.mutate(values.name, { onError: showFieldErrors(form) }))} noValidate>
        <Stack>
          {general && <ErrorNotice error={general} />}
          <List size="sm" spacing={4}>
            <List.Item>{t('tenant.closeNow')}</List.Item>
            <List.Item>{t('tenant.closeGrace')}</List.Item>
            <List.Item>{t('tenant.closeThen')}</List.Item>
          </List>
          <Text size="sm">{t('tenant.closeExport')}</Text>
          <TextInput
            label={t('tenant.repeat', { name })}
            autoComplete="off"
            required
            data-autofocus
            data-testid="tenant-repeat"
            {...form.getInputProps('name')}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" color="red" disabled={!repeated} loading={end.isPending} data-testid="tenant-close-confirm">
              {t('tenant.closeAction')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
