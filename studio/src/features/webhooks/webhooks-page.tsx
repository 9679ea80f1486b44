import { Alert, Badge, Button, Group, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconArchive, IconPlus, IconTrash, IconWebhook } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Webhook, Workflow } from '@/api/types';
import { webhooksQuery } from '@/api/webhooks';
import { workflowQuery } from '@/api/workflows';
import { Ago } from '@/components/ago';
import { EmptyState } from '@/components/empty-state';
import { ErrorNotice } from '@/components/error-notice';
import { ButtonLink } from '@/components/links';
import { Loading, Page } from '@/components/page';
import { RowAction } from '@/components/row-action';
import { WebhookAddress } from '@/components/webhook-address';
import { CreateWebhookDialog, DeleteWebhookDialog } from './dialogs';

const route = getRouteApi('/shell/workflows/$workflowId/webhooks');

export function WebhooksPage() {
  const { t } = useTranslation();
  const { workflowId } = route.useParams();
  const workflow = useQuery(workflowQuery(workflowId));
  const webhooks = useQuery(webhooksQuery(workflowId));
  const [creating, { open, close }] = useDisclosure(false);
  const [doomed, setDoomed] = useState<Webhook>();
  const archived = workflow.data?.status === 'archived';
  const may = !archived && workflow.data?.allowed_actions?.includes('manage_webhooks') === true;
  const error = workflow.error ?? webhooks.error;

  const actions = (
    <Group gap="xs">
      <ButtonLink to="/workflows/$workflowId" params={{ workflowId }} variant="default">
        {t('executions.openWorkflow')}
      </ButtonLink>
      {may && (
        <Button leftSection={<IconPlus size={17} aria-hidden />} onClick={open} data-testid="create-webhook">
          {t('webhooks.create')}
        </Button>
      )}
    </Group>
  );
  return (
    <Page title={t('webhooks.title')} text={workflow.data && t('webhooks.text', { name: workflow.data.name })} actions={actions}>
      {error && <ErrorNotice error={error} onRetry={() => void Promise.all([workflow.refetch(), webhooks.refetch()])} />}
      {!webhooks.data && !error && <Loading />}
      {archived && (
        <Alert variant="default" icon={<IconArchive aria-hidden />} data-testid="archived">
          {t('webhooks.archived')}
        </Alert>
      )}
      {webhooks.data?.length === 0 && (
        <div className="surface">
          <EmptyState icon={IconWebhook} title={t('webhooks.none')} text={t('webhooks.noneText')} />
        </div>
      )}
      {webhooks.data?.map((webhook) => (
        <WebhookCard key={webhook.webhook_id} webhook={webhook} workflow={workflow.data} onDelete={may ? () => setDoomed(webhook) : undefined} />
      ))}
      {creating && <CreateWebhookDialog workflowId={workflowId} workflow={workflow.data} onClose={close} />}
      {doomed && <DeleteWebhookDialog webhook={doomed} onClose={() => setDoomed(undefined)} />}
    </Page>
  );
}

interface WebhookCardProps {
  webhook: Webhook;
  workflow: Workflow | undefined;
  /** Not where nobody here may do that. */
  onDelete: (() => void) | undefined;
}

function WebhookCard({ webhook, workflow, onDelete }: WebhookCardProps) {
  const { t } = useTranslation();
  const start = webhook.trigger_node ?? undefined;
  return (
    <Stack className="surface" p="md" gap="sm" component="section" data-testid="webhook-row">
      <Group justify="space-between" wrap="nowrap">
        <Group gap="sm">
          <Text fw={620}>{webhook.name}</Text>
          {!webhook.enabled && <Badge color="gray">{t('webhooks.disabled')}</Badge>}
          <Text size="xs" c="var(--sf-muted)">
            {start !== undefined && `${t('webhooks.trigger')} ${workflow?.nodes[start]?.label ?? start} · `}
            {webhook.last_triggered_at ? (
              <>
                {t('webhooks.calls', { count: webhook.trigger_count })}, {t('webhooks.last')} <Ago at={webhook.last_triggered_at} />
              </>
            ) : (
              t('webhooks.never')
            )}
          </Text>
        </Group>
        {onDelete && (
          <RowAction
            icon={IconTrash}
            tip={t('common.delete')}
            label={t('webhooks.delete', { name: webhook.name })}
            onClick={onDelete}
            testId="delete-webhook"
          />
        )}
      </Group>
      {webhook.description && <Text size="sm">{webhook.description}</Text>}
      <WebhookAddress webhook={webhook} />
    </Stack>
  );
}
