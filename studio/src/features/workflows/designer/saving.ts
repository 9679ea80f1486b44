import { ApiError } from '@/api/client';

/** Somebody else saved in between. This is no failure: the user is asked which draft to keep. */
export const isStale = (error: unknown) => error instanceof ApiError && error.reason === 'workflow.stale';

/** Somebody archived the workflow in between. The page shows it as archived. */
export const isArchived = (error: unknown) => error instanceof ApiError && error.reason === 'workflow.archived';

/** The server was too slow or too busy, or another request changed the same thing. A later try may succeed. */
export const isPassing = (error: unknown) =>
  error instanceof ApiError && (error.status >= 500 || error.status === 408 || error.status === 429 || error.reason === 'request.lost_race');

/** The server refuses these changes as they are. An ended session (401) is no refusal. */
export const isRefusal = (error: unknown) => error instanceof ApiError && error.status >= 400 && error.status !== 401 && !isPassing(error);

/**
 * The draft after a change that raised the revision by one without changing the draft.
 * A larger step means that somebody else saved: the next save detects it and asks.
 */
export const rebased = <T extends { revision: number }>(saved: T, revision: number): T =>
  revision === saved.revision + 1 ? { ...saved, revision } : saved;
