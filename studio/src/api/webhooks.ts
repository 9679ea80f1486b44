import { queryOptions } from '@tanstack/react-query';
import { api, unwrapData } from './client';
import type { components } from './schema';

export const webhooksQuery = (workflowId: string) =>
  queryOptions({
    queryKey: ['webhooks', workflowId],
    queryFn: ({ signal }) =>
      unwrapData(api.GET('/api/v1/workflows/{workflow_id}/webhooks', { params: { path: { workflow_id: workflowId } }, signal })),
  });

export const createWebhook = (workflowId: string, body: components['schemas']['CreateWebhookRequest']) =>
  unwrapData(api.POST('/api/v1/workflows/{workflow_id}/webhooks', { params: { path: { workflow_id: workflowId } }, body }));

export const deleteWebhook = (workflowId: string, webhookId: string) =>
  unwrapData(
    api.DELETE('/api/v1/workflows/{workflow_id}/webhooks/{webhook_id}', { params: { path: { workflow_id: workflowId, webhook_id: webhookId } } }),
  );
