import { queryOptions } from '@tanstack/react-query';
import { api, unwrap, unwrapPage } from './client';

/** The tenants that one belongs to; more than a hundred don't fit a menu. */
export const ownTenantsQuery = queryOptions({
  queryKey: ['own-tenants'],
  queryFn: ({ signal }) => unwrapPage(api.GET('/api/v1/me/tenants', { params: { query: { per_page: 100 } }, signal })),
});

/** The session goes on in another tenant, by new cookies. */
export const switchTenant = (tenantId: string) => unwrap(api.POST('/api/v1/auth/switch', { body: { tenant_id: tenantId } }));
