import { Alert, Button, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { forgotPassword } from '@/api/session';
import { ErrorNotice } from '@/components/error-notice';
import { AnchorLink } from '@/components/links';
import { AuthLayout } from './auth-layout';

export function ForgotPasswordPage() {
  const { t } = useTranslation();
  const ask = useMutation({ mutationFn: forgotPassword, meta: { inline: true } });
  const form = useForm({ mode: 'uncontrolled', initialValues: { email: '' } });
  return (
    <AuthLayout title={t('auth.newPassword')} text={t('auth.forgotText')}>
      <form onSubmit={form.onSubmit((values) => ask.mutate(values))}>
        <Stack>
          {ask.error && <ErrorNotice error={ask.error} />}
          {ask.isSuccess && <Alert color="teal">{t('auth.mailed')}</Alert>}
          <TextInput
            label={t('auth.email')}
            type="email"
            autoComplete="username"
            required
            autoFocus
            data-testid="auth-email"
            {...form.getInputProps('email')}
          />
          <Button type="submit" size="md" loading={ask.isPending} data-testid="auth-submit">
            {t('auth.mailLink')}
          </Button>
        </Stack>
      </form>
      <AnchorLink to="/sign-in" size="sm">
        {t('auth.signIn')}
      </AnchorLink>
    </AuthLayout>
  );
}
