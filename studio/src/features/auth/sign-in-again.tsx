import { Anchor, Button, Modal, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { challengeIn, finishSignIn, meQuery, signIn } from '@/api/session';
import { signedOut } from '@/api/standing';
import { switchTenant } from '@/api/tenants';
import type { Me } from '@/api/types';
import { ErrorNotice } from '@/components/error-notice';
import { CodeForm } from './code-form';

/** Over the page whose session has ended, so that nothing typed into it is lost. */
export function SignInAgain({ me }: { me: Me }) {
  const { t } = useTranslation();
  const goOn = useGoOn(me);
  const enter = useMutation({ mutationFn: signIn, meta: { inline: true }, onSuccess: goOn });
  const finish = useMutation({ mutationFn: finishSignIn, meta: { inline: true }, onSuccess: goOn });
  const form = useForm({ mode: 'uncontrolled', initialValues: { password: '' } });
  const challenge = challengeIn(enter.error);
  return (
    <Modal opened onClose={() => undefined} withCloseButton={false} closeOnEscape={false} closeOnClickOutside={false} title={t('auth.ended')}>
      {challenge === undefined ? (
        <form data-testid="sign-in-again" onSubmit={form.onSubmit(({ password }) => enter.mutate({ email: me.user.email, password }))}>
          <Stack>
            <Text size="sm">{t('auth.endedText')}</Text>
            {enter.error && <ErrorNotice error={enter.error} />}
            <TextInput label={t('auth.email')} type="email" autoComplete="username" value={me.user.email} readOnly />
            <PasswordInput
              label={t('auth.password')}
              autoComplete="current-password"
              required
              data-autofocus
              data-testid="auth-password"
              {...form.getInputProps('password')}
            />
            <Button type="submit" size="md" loading={enter.isPending} data-testid="auth-submit">
              {t('auth.signIn')}
            </Button>
            <Anchor href="/sign-in" size="sm">
              {t('auth.asOther')}
            </Anchor>
          </Stack>
        </form>
      ) : (
        <CodeForm onCode={(code) => finish.mutate({ challenge, code })} busy={finish.isPending} error={finish.error} onAgain={enter.reset} />
      )}
    </Modal>
  );
}

/** Goes on where the page was: as the same person in the same tenant, or not on this page. */
function useGoOn(before: Me) {
  const queryClient = useQueryClient();
  return async () => {
    let now = await queryClient.query({ ...meQuery, staleTime: 0 });
    if (now.user.user_id === before.user.user_id && now.tenant.tenant_id !== before.tenant.tenant_id) {
      await switchTenant(before.tenant.tenant_id).catch(() => undefined);
      now = await queryClient.query({ ...meQuery, staleTime: 0 });
    }
    if (now.user.user_id !== before.user.user_id || now.tenant.tenant_id !== before.tenant.tenant_id) window.location.assign('/workflows');
    else {
      signedOut.set(false);
      await queryClient.invalidateQueries();
    }
  };
}
