import { Button, Group, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { changePassword } from '@/api/session';
import { sessions } from '@/api/sessions';
import { ErrorNotice } from '@/components/error-notice';
import { notifyDone } from '@/lib/notify';
import { useChange } from '@/lib/use-change';
import { showFieldErrors, withoutFields } from '@/lib/field-errors';

const shortest = 12;

export function PasswordForm() {
  const { t } = useTranslation();
  const form = useForm({
    initialValues: { current_password: '', new_password: '' },
    validate: { new_password: (value) => (value.length < shortest ? t('auth.passwordRule', { count: shortest }) : null) },
  });
  const change = useChange(changePassword, [sessions], () => {
    form.reset();
    notifyDone(t('security.changed'));
  });
  const general = withoutFields(change.error);
  return (
    <form onSubmit={form.onSubmit((values) => change.mutate(values, { onError: showFieldErrors(form) }))} className="surface">
      <Stack p="lg" maw={460}>
        <div>
          <Title order={2}>{t('security.password')}</Title>
          <Text size="sm" c="var(--sf-muted)">
            {t('security.passwordText')}
          </Text>
        </div>
        {general && <ErrorNotice error={general} />}
        <PasswordInput
          label={t('security.current')}
          autoComplete="current-password"
          required
          data-testid="current-password"
          {...form.getInputProps('current_password')}
        />
        <PasswordInput
          label={t('security.new')}
          description={t('auth.passwordRule', { count: shortest })}
          autoComplete="new-password"
          required
          data-testid="new-password"
          {...form.getInputProps('new_password')}
        />
        <Group>
          <Button type="submit" loading={change.isPending} data-testid="password-submit">
            {t('security.change')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
