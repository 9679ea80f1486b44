import { ApiError } from '@/api/client';

/** Somebody else saved in between: whose state stands is a question, not a failure. */
export const isStale = (error: unknown) => error instanceof ApiError && error.reason === 'workflow.stale';

/** Somebody archived the workflow in between: the page shows it as it is now. */
export const isArchived = (error: unknown) => error instanceof ApiError && error.reason === 'workflow.archived';

/** The server was too slow, too busy, or busy with the same thing: the same changes may be taken later. */
export const isPassing = (error: unknown) =>
  error instanceof ApiError && (error.status >= 500 || error.status === 408 || error.status === 429 || error.reason === 'request.lost_race');

/** The server won't take these changes as they are. An ended session says nothing about them. */
export const isRefusal = (error: unknown) => error instanceof ApiError && error.status >= 400 && error.status !== 401 && !isPassing(error);

/** After something raised the revision by one and changed nothing of the draft. If more than that happened, somebody else saved: the next save finds out and asks. */
export const rebased = <T extends { revision: number }>(saved: T, revision: number): T => (revision === saved.revision + 1 ? { ...saved, revision } : saved);
