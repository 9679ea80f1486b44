import type { ExecutionFilter } from '@/api/executions';
import { executionStatuses, type WorkflowStatus } from '@/api/types';

/** Reads the search parameters of addresses. Invalid values are left out. */
export const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
export const oneOf = <T extends string>(values: readonly T[], value: unknown) => values.find((known) => known === value);
export const page = (value: unknown) => (Number.isInteger(value) && Number(value) > 1 ? Number(value) : undefined);

/** A path of this site only: `//elsewhere` would leave it. */
export const localPath = (value: unknown) => (typeof value === 'string' && /^\/(?![/\\])/.test(value) ? value : undefined);

export const workflowsSearch = (search: Record<string, unknown>): { page?: number; status?: WorkflowStatus; search?: string } => ({
  page: page(search.page),
  status: oneOf(['draft', 'active', 'archived'], search.status),
  search: text(search.search),
});

export const executionsSearch = (search: Record<string, unknown>): Partial<ExecutionFilter> => ({
  page: page(search.page),
  status: oneOf(executionStatuses, search.status),
  workflow_id: text(search.workflow_id),
  retry_of: text(search.retry_of),
  parent_execution_id: text(search.parent_execution_id),
});

const day = (value: unknown) => (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : undefined);

interface AuditSearch {
  search?: string;
  action?: string;
  from?: string;
  to?: string;
}

export const auditSearch = (search: Record<string, unknown>): AuditSearch => ({
  search: text(search.search),
  action: text(search.action),
  from: day(search.from),
  to: day(search.to),
});

/** An address that names no page means the first one. */
export const onPage = <T extends { page?: number }>(search: T): T & { page: number } => ({ ...search, page: search.page ?? 1 });
