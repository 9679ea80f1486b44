import { useSyncExternalStore } from 'react';

/** A fact about this page that is true or not, for whoever watches it. */
export interface Signal {
  readonly get: () => boolean;
  readonly set: (value: boolean) => void;
  readonly subscribe: (listener: () => void) => () => void;
}

export function signalOf(initial: boolean): Signal {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set: (next) => {
      if (next === value) return;
      value = next;
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export const useSignal = ({ subscribe, get }: Signal) => useSyncExternalStore(subscribe, get);
