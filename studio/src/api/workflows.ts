import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, unwrap, unwrapData } from './client';
import type { components } from './schema';
import type { Page, WorkflowStatus, WorkflowSummary } from './types';

export interface WorkflowFilter {
  page: number;
  status?: WorkflowStatus;
  search?: string;
}

export const workflowsQuery = ({ page, status, search }: WorkflowFilter) =>
  queryOptions({
    queryKey: ['workflows', 'list', { page, status, search }],
    queryFn: async ({ signal }): Promise<Page<WorkflowSummary>> => {
      const query = { page, per_page: 20, status, search: search === '' ? undefined : search };
      const answer = await unwrap(api.GET('/api/v1/workflows', { params: { query }, signal }));
      return { items: answer.data, pagination: answer.meta.pagination };
    },
    placeholderData: keepPreviousData,
  });

export const workflowQuery = (workflowId: string) =>
  queryOptions({
    queryKey: ['workflows', 'one', workflowId],
    queryFn: ({ signal }) => unwrapData(api.GET('/api/v1/workflows/{workflow_id}', { params: { path: { workflow_id: workflowId } }, signal })),
  });

const path = (workflowId: string) => ({ path: { workflow_id: workflowId } });

export const createWorkflow = (body: components['schemas']['CreateWorkflowRequest']) => unwrapData(api.POST('/api/v1/workflows', { body }));

export const updateWorkflow = (workflowId: string, body: components['schemas']['UpdateWorkflowRequest']) =>
  unwrapData(api.PUT('/api/v1/workflows/{workflow_id}', { params: path(workflowId), body }));

export const archiveWorkflow = (workflowId: string) => unwrapData(api.DELETE('/api/v1/workflows/{workflow_id}', { params: path(workflowId) }));

export const restoreWorkflow = (workflowId: string) => unwrapData(api.POST('/api/v1/workflows/{workflow_id}/restore', { params: path(workflowId) }));

/** A paused workflow starts nothing; what it has started goes on. */
export const pauseWorkflow = (workflowId: string, paused: boolean) =>
  unwrapData(
    paused
      ? api.POST('/api/v1/workflows/{workflow_id}/pause', { params: path(workflowId) })
      : api.POST('/api/v1/workflows/{workflow_id}/resume', { params: path(workflowId) }),
  );

export const validateWorkflow = (workflowId: string) =>
  unwrapData(api.POST('/api/v1/workflows/{workflow_id}/validate', { params: path(workflowId) }));

export const publishWorkflow = (workflowId: string) =>
  unwrapData(api.POST('/api/v1/workflows/{workflow_id}/publish', { params: path(workflowId), body: {} }));

export const executeWorkflow = (workflowId: string, body: components['schemas']['ExecuteRequest']) =>
  unwrapData(api.POST('/api/v1/workflows/{workflow_id}/execute', { params: path(workflowId), body }));

/** The ids of the other communities that may read a workflow. */
export const sharesQuery = (workflowId: string) =>
  queryOptions({
    queryKey: ['workflows', 'shares', workflowId],
    queryFn: async ({ signal }) =>
      (await unwrapData(api.GET('/api/v1/workflows/{workflow_id}/shares', { params: path(workflowId), signal }))).communities,
  });

/** With these and no others; communities that one doesn't see stay as they are. */
export const shareWorkflow = (workflowId: string, communities: number[]) =>
  unwrapData(api.PUT('/api/v1/workflows/{workflow_id}/shares', { params: path(workflowId), body: { communities } }));
