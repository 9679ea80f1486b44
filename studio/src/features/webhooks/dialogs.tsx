import { Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { activitiesQuery } from '@/api/activities';
import type { Webhook, Workflow } from '@/api/types';
import { createWebhook, deleteWebhook, webhooksQuery } from '@/api/webhooks';
import { ErrorNotice } from '@/components/error-notice';

interface CreateWebhookDialogProps {
  workflowId: string;
  workflow: Workflow | undefined;
  onClose: () => void;
}

export function CreateWebhookDialog({ workflowId, workflow, onClose }: CreateWebhookDialogProps) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const { data: activities } = useQuery(activitiesQuery);
  const triggers = new Set(activities?.filter((activity) => activity.is_trigger).map((activity) => activity.type));
  const starts = Object.entries(workflow?.nodes ?? {}).filter(([, node]) => triggers.has(node.node_type));
  const form = useForm({ mode: 'uncontrolled', initialValues: { name: '', description: '', trigger_node: null as string | null } });
  const create = useMutation({
    mutationFn: ({ name, description, trigger_node }: typeof form.values) =>
      createWebhook(workflowId, { name, description: description || undefined, trigger_node: trigger_node ?? undefined }),
    meta: { inline: true },
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: webhooksQuery(workflowId).queryKey });
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={t('webhooks.create')}>
      <form onSubmit={form.onSubmit((values) => create.mutate(values))}>
        <Stack>
          {create.error && <ErrorNotice error={create.error} />}
          <TextInput label={t('webhooks.name')} required data-autofocus data-testid="webhook-name" {...form.getInputProps('name')} />
          <TextInput label={t('webhooks.description')} {...form.getInputProps('description')} />
          {starts.length > 1 && (
            <Select
              label={t('webhooks.trigger')}
              clearable
              data={starts.map(([id, node]) => ({ value: id, label: node.label || id }))}
              {...form.getInputProps('trigger_node')}
            />
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={create.isPending} data-testid="webhook-submit">
              {t('common.create')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

export function DeleteWebhookDialog({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const remove = useMutation({
    mutationFn: () => deleteWebhook(webhook.workflow_id, webhook.webhook_id),
    meta: { inline: true },
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: webhooksQuery(webhook.workflow_id).queryKey });
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={t('webhooks.delete', { name: webhook.name })}>
      <Stack>
        {remove.error && <ErrorNotice error={remove.error} />}
        <Text size="sm">{t('webhooks.deleteText')}</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('common.cancel')}
          </Button>
          <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()} data-testid="delete-webhook-confirm">
            {t('common.delete')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
