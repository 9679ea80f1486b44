import { Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/client';
import { register, type Registration } from '@/api/session';
import { ErrorNotice } from '@/components/error-notice';
import { AnchorLink } from '@/components/links';
import { AuthLayout } from './auth-layout';
import { useEnter } from './use-enter';

const shortest = 12;

export function SignUpPage() {
  const { t } = useTranslation();
  const enter = useEnter(register, undefined);
  const form = useForm<Registration>({
    mode: 'uncontrolled',
    initialValues: { tenant_name: '', email: '', password: '' },
    validate: { password: (value) => (value.length < shortest ? t('auth.passwordRule', { count: shortest }) : null) },
  });
  const submit = (values: Registration) =>
    enter.mutate(values, { onError: (error) => error instanceof ApiError && form.setErrors(error.fieldErrors) });
  const general = enter.error instanceof ApiError && Object.keys(enter.error.fieldErrors).length > 0 ? null : enter.error;
  return (
    <AuthLayout title={t('auth.signUp')} text={t('auth.signUpText')}>
      <form onSubmit={form.onSubmit(submit)}>
        <Stack>
          {general && <ErrorNotice error={general} />}
          <TextInput
            label={t('auth.tenant')}
            autoComplete="organization"
            required
            autoFocus
            data-testid="auth-tenant"
            {...form.getInputProps('tenant_name')}
          />
          <TextInput
            label={t('auth.email')}
            type="email"
            autoComplete="username"
            required
            data-testid="auth-email"
            {...form.getInputProps('email')}
          />
          <PasswordInput
            label={t('auth.password')}
            description={t('auth.passwordRule', { count: shortest })}
            autoComplete="new-password"
            required
            data-testid="auth-password"
            {...form.getInputProps('password')}
          />
          <Button type="submit" size="md" loading={enter.isPending} data-testid="auth-submit">
            {t('auth.signUp')}
          </Button>
        </Stack>
      </form>
      <Text size="sm" c="var(--sf-muted)">
        {t('auth.haveAccount')} <AnchorLink to="/sign-in">{t('auth.signIn')}</AnchorLink>
      </Text>
    </AuthLayout>
  );
}
