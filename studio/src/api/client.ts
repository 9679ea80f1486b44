import createClient, { type Middleware } from 'openapi-fetch';
import type { paths } from './schema';

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

function cookie(name: string): string | undefined {
  const entry = document.cookie.split('; ').find((part) => part.startsWith(`${name}=`));
  return entry && decodeURIComponent(entry.slice(name.length + 1));
}

const antiforgery: Middleware = {
  onRequest({ request }) {
    const token = unsafe.has(request.method) ? cookie('saasflows_csrf') : undefined;
    if (token) request.headers.set('X-CSRF-Token', token);
    return request;
  },
};

export const api = createClient<paths>({ baseUrl: window.location.origin, credentials: 'same-origin' });
api.use(antiforgery);

interface ErrorBody {
  error?: { code?: string; message?: string; details?: Record<string, unknown> | null };
}

/** The body of a successful answer; every refusal becomes an ApiError. */
export async function unwrap<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call.catch(() => {
    throw new ApiError(0, 'UNREACHABLE', '');
  });
  if (response.ok && data !== undefined) return data;
  const body = typeof error === 'object' && error !== null ? (error as ErrorBody).error : undefined;
  throw new ApiError(response.status, body?.code ?? `HTTP_${response.status}`, body?.message ?? response.statusText, body?.details ?? {});
}

/** The `data` of a successful answer. */
export async function unwrapData<T>(call: Promise<{ data?: { data: T }; error?: unknown; response: Response }>): Promise<T> {
  return (await unwrap(call)).data;
}
