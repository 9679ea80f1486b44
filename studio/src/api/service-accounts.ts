import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, unwrapData, unwrapPage } from './client';

export const serviceAccounts = ['service-accounts'];

export const serviceAccountsQuery = (page: number) =>
  queryOptions({
    queryKey: [...serviceAccounts, 'list', page],
    queryFn: ({ signal }) => unwrapPage(api.GET('/api/v1/service-accounts', { params: { query: { page, per_page: 20 } }, signal })),
    placeholderData: keepPreviousData,
  });

const account = (id: string) => ({ params: { path: { user_id: id } } });

export const serviceAccountQuery = (id: string) =>
  queryOptions({
    queryKey: [...serviceAccounts, id],
    queryFn: ({ signal }) => unwrapData(api.GET('/api/v1/service-accounts/{user_id}', { ...account(id), signal })),
  });

interface Changes {
  name?: string;
  role?: string;
}

export const createServiceAccount = (body: Required<Changes>) => unwrapData(api.POST('/api/v1/service-accounts', { body }));
export const changeServiceAccount = (id: string, body: Changes) =>
  unwrapData(api.PATCH('/api/v1/service-accounts/{user_id}', { ...account(id), body }));
export const deleteServiceAccount = (id: string) => unwrapData(api.DELETE('/api/v1/service-accounts/{user_id}', account(id)));
