import { queryOptions } from '@tanstack/react-query';
import { api, unwrapData } from './client';

/** How one's own second factor stands. */
export const totpQuery = queryOptions({
  queryKey: ['totp'],
  queryFn: ({ signal }) => unwrapData(api.GET('/api/v1/me/totp', { signal })),
});

/** A secret for an authenticator app; an unconfirmed one from before is good no more. */
export const beginTotp = () => unwrapData(api.POST('/api/v1/me/totp'));

export const confirmTotp = (code: string) => unwrapData(api.POST('/api/v1/me/totp/confirm', { body: { code } }));

export const removeTotp = (code: string) => unwrapData(api.DELETE('/api/v1/me/totp', { body: { code } }));
