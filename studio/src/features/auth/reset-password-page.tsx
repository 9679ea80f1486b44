import { Button, PasswordInput, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { resetPassword } from '@/api/session';
import { ErrorNotice } from '@/components/error-notice';
import { AuthLayout } from './auth-layout';

const shortest = 12;

export function ResetPasswordPage() {
  const { t } = useTranslation();
  const router = useRouter();
  // Behind '#' no server sees it.
  const [token] = useState(() => new URLSearchParams(window.location.hash.slice(1)).get('token') ?? '');
  const reset = useMutation({
    mutationFn: resetPassword,
    meta: { inline: true },
    onSuccess: () => router.navigate({ to: '/sign-in', replace: true }),
  });
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { password: '' },
    validate: { password: (value) => (value.length < shortest ? t('auth.passwordRule', { count: shortest }) : null) },
  });
  return (
    <AuthLayout title={t('auth.newPassword')} text={t('auth.newPasswordText')}>
      <form onSubmit={form.onSubmit(({ password }) => reset.mutate({ token, new_password: password }))}>
        <Stack>
          {reset.error && <ErrorNotice error={reset.error} />}
          <PasswordInput
            label={t('auth.newPassword')}
            description={t('auth.passwordRule', { count: shortest })}
            autoComplete="new-password"
            required
            autoFocus
            data-testid="auth-password"
            {...form.getInputProps('password')}
          />
          <Button type="submit" size="md" loading={reset.isPending} data-testid="auth-submit">
            {t('auth.setPassword')}
          </Button>
        </Stack>
      </form>
    </AuthLayout>
  );
}
