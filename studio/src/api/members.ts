import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, unwrapData, unwrapPage } from './client';

export const members = ['members'];

export const membersQuery = ({ page, search }: { page: number; search?: string }) =>
  queryOptions({
    queryKey: [...members, { page, search }],
    queryFn: ({ signal }) => unwrapPage(api.GET('/api/v1/members', { params: { query: { page, per_page: 20, search } }, signal })),
    placeholderData: keepPreviousData,
  });

const member = (id: string) => ({ params: { path: { user_id: id } } });

/** A member with what their role allows. */
export const memberQuery = (id: string) =>
  queryOptions({
    queryKey: [...members, id],
    queryFn: ({ signal }) => unwrapData(api.GET('/api/v1/members/{user_id}', { ...member(id), signal })),
  });

export const changeRole = (id: string, role: string) => unwrapData(api.PATCH('/api/v1/members/{user_id}', { ...member(id), body: { role } }));

export const removeMember = (id: string) => unwrapData(api.DELETE('/api/v1/members/{user_id}', member(id)));

/** Ends one's own membership, and with it this session. */
export const leaveTenant = () => unwrapData(api.DELETE('/api/v1/members/me'));
