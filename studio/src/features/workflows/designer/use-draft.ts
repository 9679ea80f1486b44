import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useCallback, useRef, useState } from 'react';
import type { Workflow } from '@/api/types';
import { updateWorkflow } from '@/api/workflows';
import { bodyOf, draftOf, type Draft } from '@/canvas/draft';
import { historyOf, record, redo, settle, undo } from '@/canvas/history';
import { isRecord } from '@/lib/json';
import { dropDraft, readDraft } from '@/lib/kept-draft';
import { isPassing, isStale, rebased } from './saving';

export type Edit = (change: (draft: Draft) => Draft, group?: string) => void;

/** The server's draft, with the changes on top that this browser kept because they never reached the server. */
function opened(workflow: Workflow, key: string) {
  const stored = draftOf(workflow);
  const kept = readDraft(key, isDraft);
  if (!kept || JSON.stringify(bodyOf(kept.draft)) === JSON.stringify(bodyOf(stored))) {
    dropDraft(key);
    return { history: historyOf(stored), saved: { draft: stored, revision: workflow.revision } };
  }
  // Based on what the kept changes were based on: if somebody else has saved since, the first save finds out and asks.
  return { history: record(historyOf(stored), kept.draft), saved: { draft: stored, revision: kept.revision }, recovered: kept.at };
}

/** The draft being edited, its history, and its saving. A save names the revision it is based on; `stale` says that it was refused. */
export function useDraft(workflow: Workflow, key: string) {
  const queryClient = useQueryClient();
  const [start] = useState(() => opened(workflow, key));
  const [history, setHistory] = useState(start.history);
  const [saved, setSaved] = useState(start.saved);
  // The state that the next save is based on. A save that waited for another one needs the result of that one.
  const base = useRef(start.saved);
  // A retry wipes the mutation's own error: this one stays until a save says otherwise.
  const [failing, setFailing] = useState(false);
  const [recovered, setRecovered] = useState(start.recovered);
  const draft = history.present;

  const edit: Edit = useCallback((change, group) => setHistory((before) => record(before, change(before.present), group)), []);

  const settled = (next: typeof saved) => {
    base.current = next;
    setSaved(next);
  };

  const save = useMutation({
    // One after the other: two at the same time would be based on the same revision, and the second one refused.
    scope: { id: `draft ${workflow.workflow_id}` },
    mutationFn: async ({ draft: sent, force = false }: { draft: Draft; force?: boolean }) => {
      if (!force && sent === base.current.draft) return base.current;
      const revision = force ? undefined : base.current.revision;
      const answer = await updateWorkflow(workflow.workflow_id, { ...bodyOf(sent), revision });
      return { draft: sent, revision: answer.revision };
    },
    meta: { inline: true },
    onError: (error) => setFailing(isPassing(error)),
    onSuccess: (next) => {
      settled(next);
      setFailing(false);
      setHistory(settle);
      setRecovered(undefined);
      void queryClient.invalidateQueries({ queryKey: ['workflows'] });
    },
  });

  return {
    draft,
    edit,
    save,
    saved,
    dirty: draft !== saved.draft,
    stale: isStale(save.error),
    /** The server answers, but could not take the last save: the same one is tried again. */
    failing,
    /** The server has raised the revision by something that changed nothing of the draft, such as a publish. */
    rebase: (revision: number) => settled(rebased(base.current, revision)),
    /** Since when changes lay in this browser that were found again; until they are saved or dropped. */
    recovered,
    dropRecovered: () => {
      setHistory((before) => record(before, saved.draft));
      setRecovered(undefined);
    },
    undo: history.past.length > 0 ? () => setHistory(undo) : undefined,
    redo: history.future.length > 0 ? () => setHistory(redo) : undefined,
  };
}

/** Whether a value that was kept somewhere has the shape of a draft. */
function isDraft(value: unknown): value is Draft {
  if (!isRecord(value)) return false;
  const { name, description, variables, settings, nodes, connections } = value;
  return (
    typeof name === 'string' &&
    typeof description === 'string' &&
    isRecord(variables) &&
    isRecord(settings) &&
    isRecord(nodes) &&
    Array.isArray(connections)
  );
}
