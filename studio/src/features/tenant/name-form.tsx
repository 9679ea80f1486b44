import { Button, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { meQuery } from '@/api/session';
import { changeTenant, ownTenantsQuery, tenantQuery } from '@/api/tenants';
import type { TenantDetails } from '@/api/types';
import { ErrorNotice } from '@/components/error-notice';
import { Section } from '@/components/section';
import { showFieldErrors, withoutFields } from '@/lib/field-errors';
import { notifyDone } from '@/lib/notify';
import { useChange } from '@/lib/use-change';

export function NameForm({ tenant: { name, slug } }: { tenant: TenantDetails }) {
  const { t } = useTranslation();
  const form = useForm({ initialValues: { name, slug }, validate: { name: (value) => (value.trim() === '' ? t('tenant.nameNeeded') : null) } });
  const change = useChange(changeTenant, [tenantQuery.queryKey, meQuery.queryKey, ownTenantsQuery.queryKey], (after) => {
    form.setInitialValues({ name: after.name, slug: after.slug });
    form.reset();
    notifyDone(t('tenant.changed'));
  });
  const general = withoutFields(change.error);
  return (
    <Section title={t('tenant.names')} text={t('tenant.namesText')}>
      <form
        onSubmit={form.onSubmit((values) =>
          change.mutate({ name: values.name.trim(), slug: values.slug.trim() }, { onError: showFieldErrors(form) }),
        )}
        noValidate
        style={{ width: '100%' }}
      >
        <Stack maw={420} align="stretch">
          {general && <ErrorNotice error={general} />}
          <TextInput label={t('communities.name')} required maxLength={120} data-testid="tenant-name" {...form.getInputProps('name')} />
          <TextInput
            label={t('tenant.slug')}
            description={t('tenant.slugText')}
            required
            maxLength={63}
            classNames={{ input: 'mono' }}
            data-testid="tenant-slug"
            {...form.getInputProps('slug')}
          />
          <Button type="submit" disabled={!form.isDirty()} loading={change.isPending} style={{ alignSelf: 'flex-start' }} data-testid="tenant-submit">
            {t('common.save')}
          </Button>
        </Stack>
      </form>
    </Section>
  );
}
