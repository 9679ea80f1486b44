import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, unwrap, unwrapData } from './client';
import type { Approval, ApprovalStatus, Page } from './types';

export interface ApprovalFilter {
  page: number;
  status?: ApprovalStatus;
  mine?: boolean;
}

export const approvalsQuery = ({ page, status, mine }: ApprovalFilter) =>
  queryOptions({
    queryKey: ['approvals', 'list', { page, status, mine }],
    queryFn: async ({ signal }): Promise<Page<Approval>> => {
      const answer = await unwrap(api.GET('/api/v1/approvals', { params: { query: { page, per_page: 20, status, mine } }, signal }));
      return { items: answer.data, pagination: answer.meta.pagination };
    },
    placeholderData: keepPreviousData,
    refetchInterval: 5_000,
  });

export type Decision = 'approve' | 'reject';

export function decide(approvalId: string, decision: Decision, comment: string) {
  const request = { params: { path: { approval_id: approvalId } }, body: { comment: comment.trim() || undefined } };
  return unwrapData(
    decision === 'approve'
      ? api.POST('/api/v1/approvals/{approval_id}/approve', request)
      : api.POST('/api/v1/approvals/{approval_id}/reject', request),
  );
}
