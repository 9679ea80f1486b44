import { queryOptions } from '@tanstack/react-query';
import { api, unwrapData, unwrapPage } from './client';
import type { components } from './schema';
import type { Page, Role } from './types';

export const roles = ['roles'];

/** The built-in ones first. A tenant has at most a hundred of its own, so a second page ends it. */
export const rolesQuery = queryOptions({
  queryKey: roles,
  queryFn: async ({ signal }) => {
    const read = (page: number): Promise<Page<Role>> => unwrapPage(api.GET('/api/v1/roles', { params: { query: { page, per_page: 100 } }, signal }));
    const first = await read(1);
    return first.pagination.total_pages > 1 ? [...first.items, ...(await read(2)).items] : first.items;
  },
});

type RoleBody = components['schemas']['WriteRoleRequest'];
const role = (id: string) => ({ params: { path: { role: id } } });

export const createRole = (body: RoleBody) => unwrapData(api.POST('/api/v1/roles', { body }));
export const changeOwnRole = (id: string, body: RoleBody) => unwrapData(api.PATCH('/api/v1/roles/{role}', { ...role(id), body }));
export const deleteRole = (id: string) => unwrapData(api.DELETE('/api/v1/roles/{role}', role(id)));
