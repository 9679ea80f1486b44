import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { components } from './schema';
import { api, unwrap, unwrapData } from './client';
import type { ExecutionStatus, ExecutionSummary, Page } from './types';

export interface ExecutionFilter {
  page: number;
  status?: ExecutionStatus;
  workflow_id?: string;
  retry_of?: string;
  parent_execution_id?: string;
}

const active = new Set<ExecutionStatus>(['queued', 'running', 'waiting']);

export const isActive = (status: ExecutionStatus) => active.has(status);

export const executionsQuery = ({ page, ...filter }: ExecutionFilter) =>
  queryOptions({
    queryKey: ['executions', 'list', { page, ...filter }],
    queryFn: async ({ signal }): Promise<Page<ExecutionSummary>> => {
      const query = { page, per_page: 20, ...filter, sort_order: 'desc' as const };
      const answer = await unwrap(api.GET('/api/v1/executions', { params: { query }, signal }));
      return { items: answer.data, pagination: answer.meta.pagination };
    },
    placeholderData: keepPreviousData,
    refetchInterval: (query) => (query.state.data?.items.some((execution) => isActive(execution.status)) ? 2_000 : 10_000),
  });

const path = (executionId: string) => ({ path: { execution_id: executionId } });

export const executionQuery = (executionId: string) =>
  queryOptions({
    queryKey: ['executions', 'one', executionId],
    queryFn: ({ signal }) => unwrapData(api.GET('/api/v1/workflows/executions/{execution_id}', { params: path(executionId), signal })),
  });

export const executionStreamUrl = (executionId: string) => `/api/v1/workflows/executions/${encodeURIComponent(executionId)}/stream`;

export const cancelExecution = (executionId: string) =>
  unwrapData(api.POST('/api/v1/workflows/executions/{execution_id}/cancel', { params: path(executionId) }));

export const retryExecution = (executionId: string, body: components['schemas']['RetryRequest']) =>
  unwrapData(api.POST('/api/v1/workflows/executions/{execution_id}/retry', { params: path(executionId), body }));

/** What went wrong, oldest first. */
export const incidentsQuery = (executionId: string) =>
  infiniteQueryOptions({
    queryKey: ['executions', 'incidents', executionId],
    queryFn: ({ pageParam, signal }) =>
      unwrapData(api.GET('/api/v1/workflows/executions/{execution_id}/incidents', { params: { ...path(executionId), query: { after: pageParam, limit: 50 } }, signal })),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (last) => last.next_after ?? undefined,
  });

/** What the nodes wrote, oldest first. */
export const logsQuery = (executionId: string) =>
  infiniteQueryOptions({
    queryKey: ['executions', 'logs', executionId],
    queryFn: ({ pageParam, signal }) =>
      unwrapData(api.GET('/api/v1/workflows/executions/{execution_id}/logs', { params: { ...path(executionId), query: { after: pageParam, limit: 200 } }, signal })),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (last) => (last.has_more ? last.last_seq : undefined),
  });
