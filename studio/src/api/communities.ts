import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, unwrap, unwrapData, unwrapPage } from './client';

export const communities = ['communities'];

export const communitiesQuery = (page: number, per_page = 20) =>
  queryOptions({
    queryKey: [...communities, 'list', { page, per_page }],
    queryFn: ({ signal }) => unwrapPage(api.GET('/api/v1/communities', { params: { query: { page, per_page } }, signal })),
    placeholderData: keepPreviousData,
  });

const community = (id: number) => ({ path: { community_id: id } });

export const communityQuery = (id: number) =>
  queryOptions({
    queryKey: [...communities, id],
    queryFn: ({ signal }) => unwrapData(api.GET('/api/v1/communities/{community_id}', { params: community(id), signal })),
  });

export const entitiesQuery = (id: number, page: number) =>
  queryOptions({
    queryKey: [...communities, id, 'entities', page],
    queryFn: ({ signal }) =>
      unwrapPage(api.GET('/api/v1/communities/{community_id}/entities', { params: { ...community(id), query: { page, per_page: 20 } }, signal })),
    placeholderData: keepPreviousData,
  });

export const communityMembersQuery = (id: number, page: number) =>
  queryOptions({
    queryKey: [...communities, id, 'members', page],
    queryFn: ({ signal }) =>
      unwrapPage(api.GET('/api/v1/communities/{community_id}/members', { params: { ...community(id), query: { page, per_page: 20 } }, signal })),
    placeholderData: keepPreviousData,
  });

export const createCommunity = (name: string) => unwrapData(api.POST('/api/v1/communities', { body: { name } }));
export const renameCommunity = (id: number, name: string) =>
  unwrapData(api.PATCH('/api/v1/communities/{community_id}', { params: community(id), body: { name } }));
export const deleteCommunity = (id: number) => unwrap(api.DELETE('/api/v1/communities/{community_id}', { params: community(id) }));

const entity = (id: number) => ({ path: { entity_id: id } });

export const createEntity = (communityId: number, name: string) =>
  unwrapData(api.POST('/api/v1/communities/{community_id}/entities', { params: community(communityId), body: { name } }));
export const renameEntity = (id: number, name: string) =>
  unwrapData(api.PATCH('/api/v1/entities/{entity_id}', { params: entity(id), body: { name } }));
export const deleteEntity = (id: number) => unwrap(api.DELETE('/api/v1/entities/{entity_id}', { params: entity(id) }));

const member = (id: number, userId: string) => ({ path: { community_id: id, user_id: userId } });

export const setCommunityRole = (id: number, userId: string, role: string) =>
  unwrapData(api.PUT('/api/v1/communities/{community_id}/members/{user_id}', { params: member(id, userId), body: { role } }));
export const removeCommunityMember = (id: number, userId: string) =>
  unwrap(api.DELETE('/api/v1/communities/{community_id}/members/{user_id}', { params: member(id, userId) }));
