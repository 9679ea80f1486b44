import { Button, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { ErrorNotice } from '@/components/error-notice';

interface CodeFormProps {
  onCode: (code: string) => void;
  busy: boolean;
  error: Error | null;
  /** Back to the password. */
  onAgain: () => void;
}

/** The second half of a sign-in: the authenticator's code, or a recovery code. */
export function CodeForm({ onCode, busy, error, onAgain }: CodeFormProps) {
  const { t } = useTranslation();
  const form = useForm({ mode: 'uncontrolled', initialValues: { code: '' } });
  return (
    <form onSubmit={form.onSubmit(({ code }) => onCode(code))}>
      <Stack>
        {error && <ErrorNotice error={error} />}
        <TextInput label={t('auth.code')} autoComplete="one-time-code" required autoFocus data-testid="auth-code" {...form.getInputProps('code')} />
        <Button type="submit" size="md" loading={busy} data-testid="auth-submit">
          {t('auth.signIn')}
        </Button>
        <Button variant="subtle" onClick={onAgain}>
          {t('auth.again')}
        </Button>
      </Stack>
    </form>
  );
}
