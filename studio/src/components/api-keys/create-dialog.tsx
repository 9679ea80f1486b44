import { Alert, Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { apiKeys, createApiKey } from '@/api/api-keys';
import { showFieldErrors, withoutFields } from '@/lib/field-errors';
import { useChange } from '@/lib/use-change';
import { CodeBlock } from '../code-block';
import { ErrorNotice } from '../error-notice';
import { PermissionPicker } from '../permission-picker';

interface CreateApiKeyDialogProps {
  /** A service account; without it the key is one's own. */
  owner?: string;
  /** The permissions that the key can have. */
  offered: readonly string[];
  onClose: () => void;
}

export function CreateApiKeyDialog({ owner, offered, onClose }: CreateApiKeyDialogProps) {
  const { t } = useTranslation();
  const [made, setMade] = useState<string>();
  // A key that can't be seen again must not vanish by a click beside it.
  return (
    <Modal
      opened
      size="lg"
      onClose={onClose}
      title={made === undefined ? t('apiKeys.create') : t('apiKeys.made')}
      closeOnClickOutside={made === undefined}
      closeOnEscape={made === undefined}
    >
      {made === undefined ? (
        <ApiKeyForm owner={owner} offered={offered} onClose={onClose} onMade={setMade} />
      ) : (
        <MadeKey secret={made} onClose={onClose} />
      )}
    </Modal>
  );
}

const day = 24 * 60 * 60 * 1000;
const lifetimes = [7, 30, 90, 365];

function ApiKeyForm({ owner, offered, onClose, onMade }: CreateApiKeyDialogProps & { onMade: (key: string) => void }) {
  const { t } = useTranslation();
  const form = useForm({
    initialValues: { name: '', permissions: [] as string[], days: '90' },
    validate: {
      name: (name) => (name.trim() === '' ? t('apiKeys.nameNeeded') : null),
      permissions: (chosen) => (chosen.length === 0 ? t('apiKeys.permissionNeeded') : null),
    },
  });
  const create = useChange(
    ({ name, permissions, days }: typeof form.values) =>
      createApiKey({ name: name.trim(), user_id: owner, permissions, expires_at: new Date(Date.now() + Number(days) * day).toISOString() }),
    [apiKeys],
    ({ key }) => onMade(key ?? ''),
  );
  const general = withoutFields(create.error);
  return (
    <form onSubmit={form.onSubmit((values) => create.mutate(values, { onError: showFieldErrors(form) }))} noValidate>
      <Stack>
        {general && <ErrorNotice error={general} />}
        <Group align="flex-start" wrap="nowrap">
          <TextInput
            flex={1}
            label={t('apiKeys.name')}
            placeholder={t('apiKeys.namePlaceholder')}
            required
            data-autofocus
            maxLength={100}
            data-testid="api-key-name"
            {...form.getInputProps('name')}
          />
          <Select
            w={170}
            label={t('apiKeys.lifetime')}
            allowDeselect={false}
            data={lifetimes.map((count) => ({ value: String(count), label: t('apiKeys.days', { count }) }))}
            {...form.getInputProps('days')}
          />
        </Group>
        <PermissionPicker
          label={t('apiKeys.permissions')}
          description={owner === undefined ? t('apiKeys.permissionsText') : t('apiKeys.permissionsTextFor')}
          all={owner === undefined ? t('apiKeys.all') : t('apiKeys.allFor')}
          offered={offered}
          value={form.values.permissions}
          onChange={(permissions) => form.setFieldValue('permissions', permissions)}
          error={form.errors.permissions}
        />
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
