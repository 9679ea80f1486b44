import { useSyncExternalStore } from 'react';

const step = 15_000;
const current = () => Math.floor(Date.now() / step) * step + step;

function subscribe(tick: () => void): () => void {
  const timer = setInterval(tick, step);
  return () => clearInterval(timer);
}

/** The time, moving on every 15 seconds; for texts such as "3 minutes ago". */
export const useNow = () => useSyncExternalStore(subscribe, current);
