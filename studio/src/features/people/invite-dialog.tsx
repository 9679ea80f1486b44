import { Button, Group, Modal, MultiSelect, Select, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { communitiesQuery } from '@/api/communities';
import { invitations, invite } from '@/api/invitations';
import { meQuery } from '@/api/session';
import { CodeBlock } from '@/components/code-block';
import { ErrorNotice } from '@/components/error-notice';
import { useRoles } from '@/components/use-roles';
import { useChange } from '@/lib/use-change';

interface Made {
  email: string;
  link: string;
}

export function InviteDialog({ onClose, onMade }: { onClose: () => void; onMade: () => void }) {
  const { t } = useTranslation();
  const [made, setMade] = useState<Made>();
  const waiting = made === undefined;
  const show = (next: Made) => {
    setMade(next);
    onMade();
  };
  // A link that can't be seen again must not vanish by a click beside it.
  return (
    <Modal opened onClose={onClose} title={t('people.invite')} closeOnClickOutside={waiting} closeOnEscape={waiting}>
      {waiting ? (
        <InviteForm onClose={onClose} onMade={show} />
      ) : (
        <Stack>
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {t('people.linkText', { email: made.email })}
          </Text>
          <CodeBlock text={made.link} testId="invitation-link" />
          <Group justify="flex-end">
            <Button onClick={onClose} data-testid="invitation-done">
              {t('people.done')}
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}

function InviteForm({ onClose, onMade }: { onClose: () => void; onMade: (made: Made) => void }) {
  const { t } = useTranslation();
  const { data: me } = useSuspenseQuery(meQuery);
  const { data: communities } = useQuery(communitiesQuery(1, 100));
  const form = useForm({
    initialValues: { email: '', role: 'editor', communities: me.communities.slice(0, 1).map(({ community_id }) => String(community_id)) },
  });
  const { role } = form.values;
  const roles = useRoles();
  // An admin acts in every community.
  const everywhere = role === 'admin';
  const create = useChange(
    (values: typeof form.values) =>
      invite({
        email: values.email.trim(),
        role,
        communities: everywhere ? [] : values.communities.map((id) => ({ community_id: Number(id), role })),
      }),
    [invitations],
    ({ invitation, link }) => onMade({ email: invitation.email, link: new URL(link, window.location.origin).href }),
  );
  return (
    <form onSubmit={form.onSubmit((values) => create.mutate(values))}>
      <Stack>
        {create.error && <ErrorNotice error={create.error} />}
        <TextInput label={t('auth.email')} type="email" required data-autofocus data-testid="invite-email" {...form.getInputProps('email')} />
        <Select
          label={t('people.role')}
          description={t(`role.texts.${role}`, t('role.texts.own'))}
          allowDeselect={false}
          data={roles.keys.map((value) => ({ value, label: roles.label(value) }))}
          data-testid="invite-role"
          {...form.getInputProps('role')}
        />
        {!everywhere && (
          <MultiSelect
            label={t('people.communities')}
            description={t('people.communitiesText')}
            searchable
            data={(communities?.items ?? me.communities).map(({ community_id, name }) => ({ value: String(community_id), label: name }))}
            {...form.getInputProps('communities')}
          />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={create.isPending} data-testid="invite-submit">
            {t('people.makeLink')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
