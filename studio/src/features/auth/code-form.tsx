import { Button, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { finishSignIn } from '@/api/session';
import { ErrorNotice } from '@/components/error-notice';
import { AuthLayout } from './auth-layout';
import { useEnter } from './use-enter';

interface CodeFormProps {
  challenge: string;
  returnTo: string | undefined;
  /** Back to the password. */
  onAgain: () => void;
}

/** The second half of a sign-in: the authenticator's code, or a recovery code. */
export function CodeForm({ challenge, returnTo, onAgain }: CodeFormProps) {
  const { t } = useTranslation();
  const enter = useEnter(finishSignIn, returnTo);
  const form = useForm({ mode: 'uncontrolled', initialValues: { code: '' } });
  return (
    <AuthLayout title={t('auth.code')} text={t('auth.codeText')}>
      <form onSubmit={form.onSubmit(({ code }) => enter.mutate({ challenge, code }))}>
        <Stack>
          {enter.error && <ErrorNotice error={enter.error} />}
          <TextInput label={t('auth.code')} autoComplete="one-time-code" required autoFocus data-testid="auth-code" {...form.getInputProps('code')} />
          <Button type="submit" size="md" loading={enter.isPending} data-testid="auth-submit">
            {t('auth.signIn')}
          </Button>
          <Button variant="subtle" onClick={onAgain}>
            {t('auth.again')}
          </Button>
        </Stack>
      </form>
    </AuthLayout>
  );
}
