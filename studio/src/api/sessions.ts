import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, unwrapData, unwrapPage } from './client';

export const sessions = ['sessions'];

export const sessionsQuery = (page: number) =>
  queryOptions({
    queryKey: [...sessions, page],
    queryFn: ({ signal }) => unwrapPage(api.GET('/api/v1/me/sessions', { params: { query: { page, per_page: 20 } }, signal })),
    placeholderData: keepPreviousData,
  });

export const endSession = (id: string) => unwrapData(api.DELETE('/api/v1/me/sessions/{session_id}', { params: { path: { session_id: id } } }));

export const endOtherSessions = () => unwrapData(api.DELETE('/api/v1/me/sessions'));
