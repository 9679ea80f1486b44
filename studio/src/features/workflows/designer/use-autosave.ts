import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { signedOut, unreachable } from '@/api/standing';
import { dropDraft, keepDraft } from '@/lib/kept-draft';
import { useSignal } from '@/lib/signal';
import { isPassing, isRefusal } from './saving';
import type { useDraft } from './use-draft';

/** In milliseconds: after the last change, but not later than `longest` after the first one. */
const calm = 3_000;
const longest = 30_000;
const afterFailure = 10_000;
const copyAfter = 250;

/** `local`: this browser has it, the server can't be asked or can't save. `refused`: the server won't take it as it is. */
export type SaveState = 'saved' | 'dirty' | 'saving' | 'local' | 'refused';

type Saving = Pick<ReturnType<typeof useDraft>, 'draft' | 'saved' | 'dirty' | 'stale' | 'failing' | 'save'>;

/** Sends changes to the server by themselves, and keeps them in this browser until they are there. */
export function useAutosave(key: string, saving: Saving, enabled: boolean): { state: SaveState; kept: boolean } {
  const { draft, dirty, stale, failing, save } = saving;
  const away = useSignal(unreachable);
  const gone = useSignal(signedOut);
  const kept = useCopy(key, saving, enabled);
  const since = useRef<number>(undefined);
  // A refused draft is not sent again unchanged.
  const refused = isRefusal(save.error) && (stale || save.variables?.draft === draft);
  const due = enabled && dirty && !save.isPending && !refused && !away && !gone;
  const send = useEffectEvent(() => save.mutate({ draft }));
  const pause = useEffectEvent(() => {
    since.current ??= Date.now();
    return isPassing(save.error) ? afterFailure : Math.max(0, Math.min(calm, since.current + longest - Date.now()));
  });

  useEffect(() => {
    if (!dirty) since.current = undefined;
    if (!due) return;
    const timer = window.setTimeout(send, pause());
    return () => window.clearTimeout(timer);
  }, [due, dirty, draft]);

  const standing = save.isPending ? 'saving' : away || gone || failing ? 'local' : refused ? 'refused' : 'dirty';
  return { state: dirty ? standing : 'saved', kept };
}

/** Writes a copy shortly after each change, and at the last moment when the page goes away. False if there is no room for it. */
function useCopy(key: string, { draft, dirty, saved: { revision } }: Saving, enabled: boolean): boolean {
  const [kept, setKept] = useState(true);
  const write = useEffectEvent(() => setKept(keepDraft(key, { draft, revision, at: new Date().toISOString() })));
  useEffect(() => {
    if (!dirty) {
      dropDraft(key);
      return;
    }
    // A user who lost the permission to change the workflow keeps the stored copy.
    if (!enabled) return;
    const timer = window.setTimeout(write, copyAfter);
    window.addEventListener('pagehide', write);
    return () => {
      window.clearTimeout(timer);
      window.removeEventListener('pagehide', write);
    };
  }, [dirty, enabled, draft, revision, key]);
  return kept;
}
