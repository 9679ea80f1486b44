import { useMutation } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { ApiError } from '@/api/client';
import { testWorkflow } from '@/api/dry-runs';
import type { ValidationReport } from '@/api/types';
import type { Draft } from '@/canvas/draft';
import { reportIn } from '@/canvas/problems';
import { statesOf } from '@/canvas/trace';
import type { Start } from './start-form';
import type { Pins } from './use-pins';

/** The test of a draft: what it starts with, its run, its result, and which entry of the trace is shown. */
export function useDryRun(
  workflowId: string,
  nodes: Draft['nodes'],
  pins: Pins,
  ensureSaved: () => Promise<boolean>,
  onInvalid: (report: ValidationReport) => void,
) {
  const [from, setFrom] = useState<Start & { input?: unknown }>({ trigger: null, variables: {} });
  const [shown, setShown] = useState<number>();
  const run = useMutation({
    mutationFn: async ({ trigger, variables, input }: typeof from) => {
      // Refused saving has been shown.
      if (!(await ensureSaved())) return undefined;
      return testWorkflow(workflowId, { variables, input, trigger_node: trigger ?? undefined, pinned_outputs: pins });
    },
    meta: { inline: true },
    onSuccess: () => setShown(undefined),
    onError: (error) => {
      const report = error instanceof ApiError ? reportIn(error.details) : undefined;
      if (report) onInvalid(report);
    },
  });
  const result = run.data;
  const states = useMemo(() => result && statesOf(result, Object.keys(nodes)), [result, nodes]);
  return { from, setFrom, run, result, states, shown, setShown, clear: run.reset };
}
