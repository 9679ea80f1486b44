import createClient, { type Middleware } from 'openapi-fetch';
import type { paths } from './schema';
import { unreachable } from './standing';
import type { Page, Pagination } from './types';

/** A refusal of the API: its code, its dotted reason and whatever explains it. Status 0 means that no answer came. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: Record<string, unknown> = {},
  ) {
    super(message);
    this.name = 'ApiError';
  }

  get reason(): string | undefined {
    return typeof this.details.reason === 'string' ? this.details.reason : undefined;
  }

  /** Messages by field of the request, first message only. */
  get fieldErrors(): Record<string, string> {
    const errors = this.details.errors;
    if (typeof errors !== 'object' || errors === null) return {};
    return Object.fromEntries(Object.entries(errors).map(([field, messages]) => [field, String(Array.isArray(messages) ? messages[0] : messages)]));
  }
}

const unsafe = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
const csrfCookie = 'saasflows_csrf';
const csrfHeader = 'X-CSRF-Token';

function cookie(name: string): string | undefined {
  const entry = document.cookie.split('; ').find((part) => part.startsWith(`${name}=`));
  return entry && decodeURIComponent(entry.slice(name.length + 1));
}

const antiforgery: Middleware = {
  onRequest({ request }) {
    const token = unsafe.has(request.method) ? cookie(csrfCookie) : undefined;
    if (token) request.headers.set(csrfHeader, token);
    return request;
  },
};

const authPath = '/api/v1/auth/';

/** True if the session goes on, by this page's doing or another tab's: a refresh token is good once, so tabs take turns. */
async function refresh(before: string): Promise<boolean> {
  const once = async () => {
    const now = cookie(csrfCookie);
    if (now !== before) return now !== undefined;
    // An answer that nobody waits for any more must still set its cookies.
    const init = { method: 'POST', headers: { [csrfHeader]: before }, credentials: 'same-origin', keepalive: true } as const;
    return (await fetch(`${authPath}refresh`, init)).ok;
  };
  // Browsers have locks on https and localhost only.
  return 'locks' in navigator ? navigator.locks.request('saasflows-refresh', once) : once();
}

/** Goes on with what one may do now; false if the session has ended. */
export async function renewSession(): Promise<boolean> {
  const before = cookie(csrfCookie);
  return before !== undefined && refresh(before);
}

/** An access token lives an hour: what it is too old for is asked again with the next one. */
async function fetchInSession(request: Request): Promise<Response> {
  const before = cookie(csrfCookie);
  const again = request.clone();
  const response = await fetch(request);
  if (response.status !== 401 || before === undefined || new URL(request.url).pathname.startsWith(authPath)) return response;
  if (!(await refresh(before))) return response;
  if (unsafe.has(again.method)) again.headers.set(csrfHeader, cookie(csrfCookie) ?? '');
  return fetch(again);
}

export const api = createClient<paths>({ baseUrl: window.location.origin, credentials: 'same-origin', fetch: fetchInSession });
api.use(antiforgery);

interface ErrorBody {
  error?: { code?: string; message?: string; details?: Record<string, unknown> | null };
}

/** The body of a successful answer; every refusal becomes an ApiError. */
export async function unwrap<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call.catch((reason: unknown) => {
    // Leaving a page aborts its requests. An aborted request says nothing about the server.
    if (!(reason instanceof DOMException && reason.name === 'AbortError')) unreachable.set(true);
    throw new ApiError(0, 'UNREACHABLE', '');
  });
  unreachable.set(false);
  if (response.ok && data !== undefined) return data;
  const body = typeof error === 'object' && error !== null ? (error as ErrorBody).error : undefined;
  throw new ApiError(response.status, body?.code ?? `HTTP_${response.status}`, body?.message ?? response.statusText, body?.details ?? {});
}

/** The `data` of a successful answer. */
export async function unwrapData<T>(call: Promise<{ data?: { data: T }; error?: unknown; response: Response }>): Promise<T> {
  return (await unwrap(call)).data;
}

/** The items of a list with where they stand in it. */
export async function unwrapPage<T>(
  call: Promise<{ data?: { data: T[]; meta: { pagination: Pagination } }; error?: unknown; response: Response }>,
): Promise<Page<T>> {
  const { data, meta } = await unwrap(call);
  return { items: data, pagination: meta.pagination };
}
