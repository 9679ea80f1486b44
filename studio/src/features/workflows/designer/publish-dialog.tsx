import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/client';
import type { ValidationReport, Webhook } from '@/api/types';
import { webhooksQuery } from '@/api/webhooks';
import { publishWorkflow } from '@/api/workflows';
import { reportIn } from '@/canvas/problems';
import { ErrorNotice } from '@/components/error-notice';
import { WebhookAddress } from '@/components/webhook-address';

interface PublishDialogProps {
  workflowId: string;
  name: string;
  /** Saves what isn't saved; false if that was refused (and has been shown). */
  ensureSaved: () => Promise<boolean>;
  onInvalid: (report: ValidationReport) => void;
  onPublished: (revision: number) => void;
  onClose: () => void;
}

export function PublishDialog({ workflowId, name, ensureSaved, onInvalid, onPublished, onClose }: PublishDialogProps) {
  const { t } = useTranslation();
  const publish = usePublish(
    workflowId,
    ensureSaved,
    (report) => {
      onClose();
      onInvalid(report);
    },
    onPublished,
  );
  const published = publish.data;
  const done = published !== undefined;
  const confirm = () => publish.mutate(undefined, { onSuccess: (answer) => answer === undefined && onClose() });
  return (
    <Modal opened onClose={onClose} size="lg" title={done ? t('publish.doneTitle') : t('publish.confirm', { name })}>
      {done ? (
        <Published workflowId={workflowId} version={published.published_version} secrets={secretsOf(published.webhooks ?? [])} />
      ) : (
        <Stack>
          {publish.error && <ErrorNotice error={publish.error} />}
          <Text size="sm">{t('publish.confirmText')}</Text>
        </Stack>
      )}
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose} data-testid="publish-close">
          {done ? t('common.close') : t('common.cancel')}
        </Button>
        {!done && (
          <Button loading={publish.isPending} onClick={confirm} data-autofocus data-testid="publish-confirm">
            {t('publish.button')}
          </Button>
        )}
      </Group>
    </Modal>
  );
}

/** Publishes and answers with what went live; nothing if the draft could not be saved. */
export function usePublish(
  workflowId: string,
  ensureSaved: () => Promise<boolean>,
  onInvalid: (report: ValidationReport) => void,
  onPublished: (revision: number) => void,
) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      if (!(await ensureSaved())) return undefined;
      return publishWorkflow(workflowId);
    },
    meta: { inline: true },
    // The answer to a question asked before the publish (a save asks one) would be out of date: invalidating asks again.
    onSuccess: (published) => {
      if (published) onPublished(published.revision);
      return Promise.all([
        queryClient.invalidateQueries({ queryKey: ['workflows'] }),
        queryClient.invalidateQueries({ queryKey: webhooksQuery(workflowId).queryKey }),
      ]);
    },
    onError: (error) => {
      const report = error instanceof ApiError ? reportIn(error.details) : undefined;
      if (report) onInvalid(report);
    },
  });
}

/** Signing secrets by webhook: this answer is the only one that has them. */
const secretsOf = (webhooks: Webhook[]): Record<string, string | undefined> =>
  Object.fromEntries(webhooks.map(({ webhook_id, secret }) => [webhook_id, secret]));

function Published({ workflowId, version, secrets }: { workflowId: string; version: number; secrets: Record<string, string | undefined> }) {
  const { t } = useTranslation();
  const { data: webhooks } = useQuery(webhooksQuery(workflowId));
  return (
    <Stack>
      <div>
        <Text fw={620} data-testid="publish-done">
          {t('publish.done', { version })}
        </Text>
        <Text size="sm" c="var(--sf-muted)">
          {t('publish.doneText')}
        </Text>
      </div>
      {webhooks && webhooks.length > 0 && (
        <>
          <Text size="sm">{t('publish.webhooks')}</Text>
          {webhooks.map((webhook) => (
            <WebhookAddress key={webhook.webhook_id} webhook={{ ...webhook, secret: secrets[webhook.webhook_id] }} />
          ))}
        </>
      )}
    </Stack>
  );
}
