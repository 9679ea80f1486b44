import { Alert, Button, Checkbox, Group, Modal, ScrollArea, Select, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { apiKeys, createApiKey } from '@/api/api-keys';
import { meQuery } from '@/api/session';
import { CodeBlock } from '@/components/code-block';
import { ErrorNotice } from '@/components/error-notice';
import { byNoun } from '@/lib/permissions';
import { useChange } from '@/lib/use-change';

export function CreateApiKeyDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [made, setMade] = useState<string>();
  // A key that can't be seen again must not vanish by a click beside it.
  return (
    <Modal opened size="lg" onClose={onClose} title={made === undefined ? t('apiKeys.create') : t('apiKeys.made')} closeOnClickOutside={made === undefined} closeOnEscape={made === undefined}>
      {made === undefined ? <ApiKeyForm onClose={onClose} onMade={setMade} /> : <MadeKey secret={made} onClose={onClose} />}
    </Modal>
  );
}

const day = 24 * 60 * 60 * 1000;
const lifetimes = [7, 30, 90, 365];

function ApiKeyForm({ onClose, onMade }: { onClose: () => void; onMade: (key: string) => void }) {
  const { t } = useTranslation();
  const { data: me } = useSuspenseQuery(meQuery);
  const form = useForm({
    initialValues: { name: '', permissions: [] as string[], days: '90' },
    validate: {
      name: (name) => (name.trim() === '' ? t('apiKeys.nameNeeded') : null),
      permissions: (chosen) => (chosen.length === 0 ? t('apiKeys.permissionNeeded') : null),
    },
  });
  const create = useChange(
    ({ name, permissions, days }: typeof form.values) => createApiKey({ name: name.trim(), permissions, expires_at: new Date(Date.now() + Number(days) * day).toISOString() }),
    [apiKeys],
    ({ key }) => onMade(key ?? ''),
  );
  const { permissions } = form.values;
  const all = permissions.length === me.permissions.length;
  return (
    <form onSubmit={form.onSubmit((values) => create.mutate(values))} noValidate>
      <Stack>
        {create.error && <ErrorNotice error={create.error} />}
        <Group align="flex-start" wrap="nowrap">
          <TextInput flex={1} label={t('apiKeys.name')} placeholder={t('apiKeys.namePlaceholder')} required data-autofocus maxLength={100} data-testid="api-key-name" {...form.getInputProps('name')} />
          <Select
            w={170}
            label={t('apiKeys.lifetime')}
            allowDeselect={false}
            data={lifetimes.map((count) => ({ value: String(count), label: t('apiKeys.days', { count }) }))}
            {...form.getInputProps('days')}
          />
        </Group>
        <Checkbox.Group label={t('apiKeys.permissions')} description={t('apiKeys.permissionsText')} required {...form.getInputProps('permissions')}>
          <Checkbox
            mt="sm"
            label={t('apiKeys.all')}
            checked={all}
            indeterminate={!all && permissions.length > 0}
            onChange={() => form.setFieldValue('permissions', all ? [] : me.permissions)}
            data-testid="api-key-all"
          />
          <ScrollArea.Autosize mah={300} mt="xs" type="auto" offsetScrollbars>
            <Stack gap="xs">
              {byNoun(me.permissions).map(([noun, names]) => (
                <Group key={noun} gap="xs" align="flex-start" wrap="nowrap">
                  <Text size="sm" c="var(--sf-muted)" w={150} style={{ flexShrink: 0 }}>
                    {t(`permission.nouns.${noun}`, noun.replaceAll('_', ' '))}
                  </Text>
                  <Group gap="6px 16px">
                    {names.map((name) => (
                      <Checkbox key={name} size="xs" value={name} label={t(`permission.verbs.${name.slice(0, name.indexOf(':'))}`, name)} data-testid={`permission-${name}`} />
                    ))}
                  </Group>
                </Group>
              ))}
            </Stack>
          </ScrollArea.Autosize>
        </Checkbox.Group>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={create.isPending} data-testid="api-key-submit">
            {t('common.create')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function MadeKey({ secret, onClose }: { secret: string; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Stack>
      <Alert color="yellow" icon={<IconAlertTriangle aria-hidden />} title={t('apiKeys.once')}>
        {t('apiKeys.onceText')}
      </Alert>
      <CodeBlock text={secret} testId="api-key-secret" />
      <Text size="sm">{t('apiKeys.try')}</Text>
      <CodeBlock text={`curl ${window.location.origin}/api/v1/me \\\n  -H "Authorization: Bearer ${secret}"`} />
      <Group justify="flex-end">
        <Button onClick={onClose} data-testid="api-key-done">
          {t('apiKeys.done')}
        </Button>
      </Group>
    </Stack>
  );
}
