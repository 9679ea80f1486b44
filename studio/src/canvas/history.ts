import type { Draft } from './draft';

const depth = 100;

/** Drafts before and after the present one. Changes of one group in a row (typing into one field) are one step. */
export interface History {
  readonly past: readonly Draft[];
  readonly present: Draft;
  readonly future: readonly Draft[];
  readonly group?: string;
}

export const historyOf = (draft: Draft): History => ({ past: [], present: draft, future: [] });

export function record(history: History, next: Draft, group?: string): History {
  if (next === history.present) return history;
  if (group !== undefined && group === history.group) return { ...history, present: next, future: [] };
  return { past: [...history.past, history.present].slice(-depth), present: next, future: [], group };
}

export function undo(history: History): History {
  const previous = history.past.at(-1);
  return previous ? { past: history.past.slice(0, -1), present: previous, future: [history.present, ...history.future] } : history;
}

export function redo(history: History): History {
  const [next, ...future] = history.future;
  return next ? { past: [...history.past, history.present], present: next, future } : history;
}

/** Ends the running group: the next change is a step of its own. A save does this, so that undo can come back to what was saved. */
export const settle = (history: History): History => ({ ...history, group: undefined });
