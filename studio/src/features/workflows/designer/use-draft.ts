import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { ApiError } from '@/api/client';
import type { Workflow } from '@/api/types';
import { updateWorkflow } from '@/api/workflows';
import { bodyOf, draftOf, type Draft } from '@/canvas/draft';
import { historyOf, record, redo, settle, undo } from '@/canvas/history';
import { notifyError } from '@/lib/notify';

const isStale = (error: unknown) => error instanceof ApiError && error.reason === 'workflow.stale';

export type Edit = (change: (draft: Draft) => Draft, group?: string) => void;

/** The draft being edited, its history, and its saving. A save names the revision it is based on; `stale` says that it was refused. */
export function useDraft(workflow: Workflow) {
  const queryClient = useQueryClient();
  const [history, setHistory] = useState(() => historyOf(draftOf(workflow)));
  const [saved, setSaved] = useState({ draft: history.present, revision: workflow.revision });
  const draft = history.present;

  const edit: Edit = useCallback((change, group) => setHistory((before) => record(before, change(before.present), group)), []);

  const save = useMutation({
    mutationFn: async ({ force }: { force: boolean }) => {
      const revision = force ? undefined : saved.revision;
      const answer = await updateWorkflow(workflow.workflow_id, { ...bodyOf(draft), revision });
      return { draft, revision: answer.revision };
    },
    meta: { inline: true },
    onError: (error) => {
      // A stale draft is asked about, not only reported.
      if (!isStale(error)) notifyError(error);
    },
    onSuccess: (next) => {
      setSaved(next);
      setHistory(settle);
      void queryClient.invalidateQueries({ queryKey: ['workflows'] });
    },
  });

  return {
    draft,
    edit,
    save,
    dirty: draft !== saved.draft,
    stale: isStale(save.error),
    undo: history.past.length > 0 ? () => setHistory(undo) : undefined,
    redo: history.future.length > 0 ? () => setHistory(redo) : undefined,
  };
}
