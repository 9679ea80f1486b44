import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, unwrapData, unwrapPage } from './client';
import type { components } from './schema';

export const apiKeys = ['api-keys'];

/** One's own, or a service account's. */
export const apiKeysQuery = (page: number, owner?: string) =>
  queryOptions({
    queryKey: [...apiKeys, { owner, page }],
    queryFn: ({ signal }) => unwrapPage(api.GET('/api/v1/api-keys', { params: { query: { user_id: owner, page, per_page: 20 } }, signal })),
    placeholderData: keepPreviousData,
  });

export const createApiKey = (body: components['schemas']['ApiKeyRequest']) => unwrapData(api.POST('/api/v1/api-keys', { body }));

export const revokeApiKey = (id: string) => unwrapData(api.DELETE('/api/v1/api-keys/{api_key_id}', { params: { path: { api_key_id: id } } }));
