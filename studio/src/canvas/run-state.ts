import type { Execution, ExecutionEvent, NodeEvent, NodeState } from '@/api/types';

/** What is known of one execution: its last snapshot plus the live events since. */
export interface RunState {
  readonly execution: Execution;
  readonly lastSeq: number;
}

export const runOf = (execution: Execution): RunState => ({ execution, lastSeq: execution.last_seq });

const ended = new Set<string>(['completed', 'failed', 'skipped', 'cancelled']);

/** Applies one event of a node; an event older than the snapshot changes nothing. */
export function applyNodeEvent(run: RunState, event: NodeEvent): RunState {
  if (event.seq < run.lastSeq) return run;
  const { execution } = run;
  const before = execution.node_states[event.node_id];
  const state: NodeState = {
    ...before,
    node_id: event.node_id,
    status: event.status,
    attempt: event.attempt,
    port: event.port ?? before?.port,
    started_at: before?.started_at ?? event.at,
    completed_at: ended.has(event.status) ? event.at : null,
    input_data: event.input_data ?? before?.input_data,
    output_data: event.output_data ?? before?.output_data,
    logs: event.logs?.length ? event.logs : before?.logs,
    error: event.error ?? null,
  };
  const seen = execution.execution_path.includes(event.node_id);
  return {
    lastSeq: event.seq,
    execution: {
      ...execution,
      node_states: { ...execution.node_states, [event.node_id]: state },
      execution_path: seen || event.status === 'pending' ? execution.execution_path : [...execution.execution_path, event.node_id],
    },
  };
}

export function applyExecutionEvent(run: RunState, event: ExecutionEvent): RunState {
  if (event.seq < run.lastSeq) return run;
  return {
    lastSeq: event.seq,
    execution: {
      ...run.execution,
      status: event.status,
      end_time: ended.has(event.status) ? event.at : run.execution.end_time,
      final_output: event.final_output ?? run.execution.final_output,
      error_message: event.error_message ?? run.execution.error_message,
      error_node_id: event.error_node_id ?? run.execution.error_node_id,
    },
  };
}
