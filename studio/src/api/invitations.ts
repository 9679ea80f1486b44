import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, unwrap, unwrapData, unwrapPage } from './client';
import type { components } from './schema';

export const invitations = ['invitations'];

export const invitationsQuery = (page: number) =>
  queryOptions({
    queryKey: [...invitations, page],
    queryFn: ({ signal }) => unwrapPage(api.GET('/api/v1/invitations', { params: { query: { page, per_page: 20 } }, signal })),
    placeholderData: keepPreviousData,
  });

export const invite = (body: components['schemas']['NewInvitationRequest']) => unwrapData(api.POST('/api/v1/invitations', { body }));

const invitation = (idOrToken: string) => ({ params: { path: { invitation: idOrToken } } });

export const revokeInvitation = (id: string) => unwrapData(api.DELETE('/api/v1/invitations/{invitation}', invitation(id)));

/** The invitation as the holder of its token sees it. */
export const openInvitationQuery = (token: string) =>
  queryOptions({
    queryKey: ['open-invitation', token],
    queryFn: ({ signal }) => unwrapData(api.GET('/api/v1/invitations/{invitation}', { ...invitation(token), signal })),
    retry: false,
  });

/** Accepts an invitation. Signed-in users need no password. The new session belongs to the joined tenant. */
export const acceptInvitation = (token: string, password?: string) =>
  unwrap(api.POST('/api/v1/invitations/{invitation}/accept', { ...invitation(token), body: { password, cookie: true } }));
