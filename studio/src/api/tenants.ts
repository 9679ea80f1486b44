import { queryOptions } from '@tanstack/react-query';
import { ApiError, api, renewSession, unwrap, unwrapData, unwrapPage } from './client';

/** The tenants that one belongs to; more than a hundred don't fit a menu. */
export const ownTenantsQuery = queryOptions({
  queryKey: ['own-tenants'],
  queryFn: ({ signal }) => unwrapPage(api.GET('/api/v1/me/tenants', { params: { query: { per_page: 100 } }, signal })),
});

/** The session goes on in another tenant, by new cookies. */
export const switchTenant = (tenantId: string) => unwrap(api.POST('/api/v1/auth/switch', { body: { tenant_id: tenantId } }));

export const tenantQuery = queryOptions({
  queryKey: ['tenant'],
  queryFn: ({ signal }) => unwrapData(api.GET('/api/v1/tenant', { signal })),
  staleTime: 5 * 60_000,
});

export const changeTenant = (body: { name: string; slug: string }) => unwrapData(api.PATCH('/api/v1/tenant', { body }));

/** Closes it at once; it is deleted when the grace period is over. */
export const closeTenant = (name: string) => unwrapData(api.DELETE('/api/v1/tenant', { body: { name } }));

/** A session that began while the tenant was closed may do nothing but this: it goes on with all that its role allows. */
export const restoreTenant = async () => {
  const tenant = await unwrapData(api.POST('/api/v1/tenant/restore'));
  await renewSession();
  return tenant;
};

/** All that the tenant has, as a file; an export without its last line was cut off. */
export async function exportTenant(): Promise<Blob> {
  const file = await unwrap(api.POST('/api/v1/tenant/export', { parseAs: 'blob' }) as Promise<{ data?: Blob; error?: unknown; response: Response }>);
  const end = await file.slice(-200).text();
  if (!end.trimEnd().split('\n').at(-1)?.startsWith('{"rows":')) throw new ApiError(0, 'CUT_OFF', '');
  return file;
}
