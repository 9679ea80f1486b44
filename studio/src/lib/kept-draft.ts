import { isRecord, parseJson } from './json';

/** Changes of a workflow that the server doesn't have yet, as this browser keeps them. */
export interface KeptDraft<T> {
  draft: T;
  /** The revision that they are based on. */
  revision: number;
  at: string;
}

/** Drafts belong to a person: another one at the same browser doesn't get them. */
export const draftKey = (userId: string, workflowId: string) => `saasflows.draft.${userId}.${workflowId}`;

export function readDraft<T>(key: string, isDraft: (value: unknown) => value is T): KeptDraft<T> | undefined {
  const kept = parseJson(localStorage.getItem(key) ?? '');
  if (!kept.ok || !isRecord(kept.value)) return undefined;
  const { draft, revision, at } = kept.value;
  return isDraft(draft) && typeof revision === 'number' && typeof at === 'string' ? { draft, revision, at } : undefined;
}

/** False if the browser has no room for it, or no storage at all. */
export function keepDraft(key: string, kept: KeptDraft<unknown>): boolean {
  try {
    localStorage.setItem(key, JSON.stringify(kept));
    return true;
  } catch {
    return false;
  }
}

export const dropDraft = (key: string) => localStorage.removeItem(key);

/** The keys of all drafts that this browser keeps for somebody. */
export const keptDrafts = (userId: string) => Object.keys(localStorage).filter((key) => key.startsWith(draftKey(userId, '')));

/** Deletes all kept drafts. Called at sign-out. */
export function dropDrafts(userId: string): void {
  keptDrafts(userId).forEach(dropDraft);
}
