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

/** The incidents of an execution, oldest first. */
export const incidentsQuery = (executionId: string) =>
  infiniteQueryOptions({
    queryKey: ['executions', 'incidents', executionId],
    queryFn: ({ pageParam, signal }) =>
      unwrapData(
        api.GET('/api/v1/workflows/executions/{execution_id}/incidents', {
          params: { ...path(executionId), query: { after: pageParam, limit: 50 } },
          signal,
        }),
      ),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (last) => last.next_after ?? undefined,
  });

const runs = (executionId: string, nodeId: string) => ({ path: { execution_id: executionId, node_id: nodeId } });

/** The runs of one node that ended, in the order of their ends. */
export const nodeRunsQuery = (executionId: string, nodeId: string, status: 'failed' | undefined) =>
  infiniteQueryOptions({
    queryKey: ['executions', 'runs', executionId, nodeId, status],
    queryFn: ({ pageParam, signal }) =>
      unwrapData(
        api.GET('/api/v1/workflows/executions/{execution_id}/nodes/{node_id}/runs', {
          params: { ...runs(executionId, nodeId), query: { after: pageParam, limit: 50, status } },
          signal,
        }),
      ),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (last) => last.next_after ?? undefined,
  });

/** The run of a node that an event ended. */
export const nodeRunQuery = (executionId: string, nodeId: string, seq: number) =>
  queryOptions({
    queryKey: ['executions', 'run', executionId, nodeId, seq],
    queryFn: async ({ signal }) => {
      const query = { after: seq - 1, limit: 1 };
      const page = await unwrapData(
        api.GET('/api/v1/workflows/executions/{execution_id}/nodes/{node_id}/runs', { params: { ...runs(executionId, nodeId), query }, signal }),
      );
      return page.runs[0] ?? null;
    },
  });

/** The log entries of an execution, oldest first. */
export const logsQuery = (executionId: string) =>
  infiniteQueryOptions({
    queryKey: ['executions', 'logs', executionId],
    queryFn: ({ pageParam, signal }) =>
      unwrapData(
        api.GET('/api/v1/workflows/executions/{execution_id}/logs', {
          params: { ...path(executionId), query: { after: pageParam, limit: 200 } },
          signal,
        }),
      ),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (last) => (last.has_more ? last.last_seq : undefined),
  });
