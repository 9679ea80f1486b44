import { useQuery, useQueryClient } from '@tanstack/react-query';
import { executionQuery, executionStreamUrl, isActive } from '@/api/executions';
import type { Execution, ExecutionEvent, NodeEvent } from '@/api/types';
import { applyExecutionEvent, applyNodeEvent } from '@/canvas/run';
import { useEventStream } from '@/lib/use-event-stream';

const events = ['node', 'execution'] as const;

/** An execution that keeps itself up to date: one snapshot, then its live events until it ends. */
export function useLiveExecution(executionId: string | undefined) {
  const queryClient = useQueryClient();
  const options = executionQuery(executionId ?? '');
  const { data: execution, error, refetch } = useQuery({ ...options, enabled: executionId !== undefined, refetchOnWindowFocus: false });
  const live = execution !== undefined && isActive(execution.status);

  const onEvent = (name: string, data: unknown) => {
    const change = (apply: (before: Execution) => Execution) => queryClient.setQueryData(options.queryKey, (before) => before && apply(before));
    if (name === 'node') change((before) => applyNodeEvent(before, data as NodeEvent));
    if (name === 'execution') change((before) => applyExecutionEvent(before, data as ExecutionEvent));
    // The stream tells what happened; variables and times come with the final snapshot.
    if (name === 'end' || (name === 'execution' && !isActive((data as ExecutionEvent).status)))
      void queryClient.invalidateQueries({ queryKey: ['executions'] });
  };

  const stream = useEventStream({ url: live ? executionStreamUrl(execution.execution_id) : undefined, after: execution?.last_seq, events, onEvent });
  return { execution, error, refetch, live, lost: live && stream === 'lost' };
}
