import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, unwrapData } from './client';

export interface AuditFilter {
  search?: string;
  action?: string;
  /** Days as the viewer's calendar has them, both included. */
  from?: string;
  to?: string;
}

/** The days as moments: they begin where the viewer is. */
export function auditRange({ from, to }: AuditFilter) {
  const start = (day: string, plus: number) => {
    const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
    return new Date(year, month - 1, date + plus).toISOString();
  };
  return { from: from && start(from, 0), to: to && start(to, 1) };
}

/** Newest first; the next page is older. */
export const auditQuery = (filter: AuditFilter) => {
  const query = { search: filter.search, action: filter.action, ...auditRange(filter) };
  return infiniteQueryOptions({
    queryKey: ['audit', query],
    queryFn: ({ pageParam, signal }) =>
      unwrapData(api.GET('/api/v1/audit', { params: { query: { ...query, limit: 50, before: pageParam } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_before ?? undefined,
    placeholderData: keepPreviousData,
  });
};

export function auditExportUrl(filter: AuditFilter, format: 'csv' | 'jsonl') {
  const wanted = { format, search: filter.search, action: filter.action, ...auditRange(filter) };
  const given = Object.entries(wanted).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '');
  return `/api/v1/audit/export?${new URLSearchParams(given).toString()}`;
}

/** A head that somebody kept, to be found in the chain again. */
export interface Witness {
  number: number;
  hash: string;
}

/** Recomputed each time: an old verdict says nothing. */
export const auditVerdictQuery = (witness: Witness | undefined) =>
  queryOptions({
    queryKey: ['audit-verdict', witness],
    queryFn: ({ signal }) => unwrapData(api.GET('/api/v1/audit/verify', { params: { query: { ...witness } }, signal })),
    gcTime: 0,
    retry: false,
  });
