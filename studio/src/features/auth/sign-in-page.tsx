import { Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { challengeIn, finishSignIn, meQuery, signIn } from '@/api/session';
import { ErrorNotice } from '@/components/error-notice';
import { AnchorLink } from '@/components/links';
import { AuthLayout } from './auth-layout';
import { CodeForm } from './code-form';
import { isForProgram, useEnter } from './use-enter';

const route = getRouteApi('/sign-in');

/** Browsers send no cookies with a request that another site caused. So only this page can see that a visitor is signed in, and continues. */
function useForward(returnTo: string | undefined) {
  const { data } = useQuery({ ...meQuery, enabled: isForProgram(returnTo) });
  useEffect(() => {
    if (data && returnTo && isForProgram(returnTo)) window.location.replace(returnTo);
  }, [data, returnTo]);
}

export function SignInPage() {
  const { t } = useTranslation();
  const { return_to, again } = route.useSearch();
  useForward(again ? undefined : return_to);
  const enter = useEnter(signIn, return_to);
  const form = useForm({ mode: 'uncontrolled', initialValues: { email: '', password: '' } });
  const finish = useEnter(finishSignIn, return_to);
  const challenge = challengeIn(enter.error);
  if (challenge !== undefined) {
    return (
      <AuthLayout title={t('auth.code')} text={t('auth.codeText')}>
        <CodeForm onCode={(code) => finish.mutate({ challenge, code })} busy={finish.isPending} error={finish.error} onAgain={enter.reset} />
      </AuthLayout>
    );
  }

  return (
    <AuthLayout title={t('auth.signIn')} text={t('auth.signInText')}>
      <form onSubmit={form.onSubmit((values) => enter.mutate(values))}>
        <Stack>
          {enter.error && <ErrorNotice error={enter.error} />}
          <TextInput
            label={t('auth.email')}
            type="email"
            autoComplete="username"
            required
            autoFocus
            data-testid="auth-email"
            {...form.getInputProps('email')}
          />
          <PasswordInput
            label={t('auth.password')}
            autoComplete="current-password"
            required
            data-testid="auth-password"
            {...form.getInputProps('password')}
          />
          <Button type="submit" size="md" loading={enter.isPending} data-testid="auth-submit">
            {t('auth.signIn')}
          </Button>
          <AnchorLink to="/forgot-password" size="sm" data-testid="auth-to-forgot">
            {t('auth.forgot')}
          </AnchorLink>
        </Stack>
      </form>
      <Text size="sm" c="var(--sf-muted)">
        {t('auth.noAccount')}{' '}
        <AnchorLink to="/sign-up" data-testid="auth-to-sign-up">
          {t('auth.signUp')}
        </AnchorLink>
      </Text>
    </AuthLayout>
  );
}
