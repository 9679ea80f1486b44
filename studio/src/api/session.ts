import { queryOptions } from '@tanstack/react-query';
import { ApiError, api, unwrap, unwrapData } from './client';

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => unwrapData(api.GET('/api/v1/me', { signal })),
  staleTime: 5 * 60_000,
  retry: false,
});

export interface Registration {
  tenant_name: string;
  email: string;
  password: string;
}

// With `cookie` the server keeps the token in an HttpOnly cookie: no script, ours included, can read it.
export const register = (body: Registration) => unwrap(api.POST('/api/v1/auth/register', { body: { ...body, cookie: true } }));

export const signIn = (body: { email: string; password: string }) => unwrap(api.POST('/api/v1/auth/login', { body: { ...body, cookie: true } }));

export const finishSignIn = (body: { challenge: string; code: string }) => unwrap(api.POST('/api/v1/auth/login/totp', { body }));

/** The challenge of the second sign-in step, or undefined if the sign-in was refused for another reason. */
export const challengeIn = (error: unknown) =>
  error instanceof ApiError && error.reason === 'totp.required' ? String(error.details.challenge) : undefined;

export const forgotPassword = (body: { email: string }) => unwrap(api.POST('/api/v1/auth/password/forgot', { body }));

export const resetPassword = (body: { token: string; new_password: string }) => unwrap(api.POST('/api/v1/auth/password/reset', { body }));

export const signOut = () => unwrap(api.POST('/api/v1/auth/logout'));

/** Ends all other sessions. */
export const changePassword = (body: { current_password: string; new_password: string }) => unwrapData(api.POST('/api/v1/me/password', { body }));
