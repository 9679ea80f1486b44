import { Button, Group, Loader, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/client';
import { acceptInvitation, openInvitationQuery } from '@/api/invitations';
import { challengeIn, finishSignIn, meQuery, signOut } from '@/api/session';
import { ErrorNotice } from '@/components/error-notice';
import { AnchorLink, ButtonLink } from '@/components/links';
import { AuthLayout } from './auth-layout';
import { CodeForm } from './code-form';
import { useEnter } from './use-enter';

const route = getRouteApi('/invitations/$token');

/** Where an invitation's link leads: whoever is signed in joins, everybody else chooses a password first. */
export function InvitationPage() {
  const { t } = useTranslation();
  const { token } = route.useParams();
  const { data: invitation, error } = useQuery(openInvitationQuery(token));
  const me = useQuery(meQuery);
  if (error) {
    return (
      <AuthLayout title={t('invitation.bad')} text={t('invitation.badText')}>
        <ErrorNotice error={error} />
        <ButtonLink to="/workflows" variant="default">
          {t('invitation.toStudio')}
        </ButtonLink>
      </AuthLayout>
    );
  }
  // A refusal means that the visitor isn't signed in.
  if (!invitation || me.isPending) {
    return (
      <AuthLayout title={t('invitation.title')} text={t('common.loading')}>
        <Loader size="sm" />
      </AuthLayout>
    );
  }
  return (
    <AuthLayout title={t('invitation.join', { name: invitation.tenant_name })} text={t('invitation.text', { email: invitation.email })}>
      {me.data ? <JoinAs token={token} email={me.data.user.email} invited={invitation.email} /> : <Register token={token} email={invitation.email} />}
    </AuthLayout>
  );
}

function JoinAs({ token, email, invited }: { token: string; email: string; invited: string }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const join = useEnter(() => acceptInvitation(token), undefined);
  const leave = useMutation({ mutationFn: signOut, onSettled: () => queryClient.resetQueries({ queryKey: meQuery.queryKey }) });
  const other = email.toLowerCase() !== invited.toLowerCase();
  return (
    <Stack>
      {join.error && <ErrorNotice error={join.error} />}
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        {other ? t('invitation.another', { email }) : t('invitation.signedIn', { email })}
      </Text>
      <Group>
        {!other && (
          <Button size="md" loading={join.isPending} onClick={() => join.mutate(undefined)} data-testid="invitation-accept">
            {t('invitation.accept')}
          </Button>
        )}
        <Button size="md" variant="default" loading={leave.isPending} onClick={() => leave.mutate()} data-testid="invitation-sign-out">
          {t('auth.signOut')}
        </Button>
      </Group>
    </Stack>
  );
}

const shortest = 12;

function Register({ token, email }: { token: string; email: string }) {
  const { t } = useTranslation();
  const join = useEnter(({ password }: { password: string }) => acceptInvitation(token, password), undefined);
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { password: '' },
    validate: { password: (value) => (value.length < shortest ? t('auth.passwordRule', { count: shortest }) : null) },
  });
  const submit = (values: { password: string }) =>
    join.mutate(values, { onError: (error) => error instanceof ApiError && form.setErrors(error.fieldErrors) });
  const finish = useEnter(finishSignIn, undefined);
  // A former member may have a second factor already.
  const challenge = challengeIn(join.error);
  if (challenge !== undefined) {
    return <CodeForm onCode={(code) => finish.mutate({ challenge, code })} busy={finish.isPending} error={finish.error} onAgain={join.reset} />;
  }

  const general = join.error instanceof ApiError && Object.keys(join.error.fieldErrors).length > 0 ? null : join.error;
  return (
    <>
      <form onSubmit={form.onSubmit(submit)}>
        <Stack>
          {general && <ErrorNotice error={general} />}
          <TextInput label={t('auth.email')} type="email" autoComplete="username" readOnly variant="filled" value={email} />
          <PasswordInput
            label={t('auth.password')}
            description={t('invitation.password', { count: shortest })}
            autoComplete="new-password"
            required
            autoFocus
            data-testid="auth-password"
            {...form.getInputProps('password')}
          />
          <Button type="submit" size="md" loading={join.isPending} data-testid="invitation-accept">
            {t('invitation.accept')}
          </Button>
        </Stack>
      </form>
      <Text size="sm" c="var(--sf-muted)">
        {t('auth.haveAccount')}{' '}
        <AnchorLink to="/sign-in" search={{ return_to: `/invitations/${token}` }} data-testid="invitation-to-sign-in">
          {t('auth.signIn')}
        </AnchorLink>
      </Text>
    </>
  );
}
