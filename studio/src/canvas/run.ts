import type { Execution, ExecutionEvent, NodeEvent, NodeRun, NodeState } from '@/api/types';

const ended = new Set<string>(['completed', 'failed', 'skipped', 'cancelled']);

/** Applies a live event of a node to the snapshot it follows; an event older than the snapshot changes nothing. */
export function applyNodeEvent(execution: Execution, event: NodeEvent): Execution {
  if (event.seq < execution.last_seq) return execution;
  const before = execution.node_states[event.node_id];
  const state: NodeState = {
    node_id: event.node_id,
    status: event.status,
    attempt: event.attempt,
    port: event.port ?? before?.port,
    runs: event.runs,
    failed_runs: event.failed_runs,
    waiting_until: event.waiting_until ?? null,
    scope: event.scope,
    started_at: event.started_at ?? before?.started_at ?? event.at,
    completed_at: event.completed_at ?? (ended.has(event.status) ? event.at : null),
    input_data: event.input_data ?? before?.input_data,
    output_data: event.output_data ?? before?.output_data,
    logs: event.logs?.length ? event.logs : before?.logs,
    error: event.error ?? null,
  };
  const seen = execution.execution_path.includes(event.node_id) || event.status === 'pending' || event.status === 'skipped';
  return {
    ...execution,
    last_seq: event.seq,
    node_states: { ...execution.node_states, [event.node_id]: state },
    execution_path: seen ? execution.execution_path : [...execution.execution_path, event.node_id],
  };
}

export function applyExecutionEvent(execution: Execution, event: ExecutionEvent): Execution {
  if (event.seq < execution.last_seq) return execution;
  return {
    ...execution,
    last_seq: event.seq,
    status: event.status,
    end_time: ended.has(event.status) ? event.at : execution.end_time,
    final_output: event.final_output ?? execution.final_output,
    error_message: event.error_message ?? execution.error_message,
    error_node_id: event.error_node_id ?? execution.error_node_id,
  };
}

/** How many iterations each loop has begun, as the places of its body's runs tell: `each_order:3/each_line#1:0`. */
export function iterationsOf(states: Readonly<Record<string, NodeState>>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { scope } of Object.values(states)) {
    for (const place of scope.split('/')) {
      const [, loop, index] = /^(.*?)(?:#\d+)?:(\d+)$/.exec(place) ?? [];
      if (loop !== undefined) counts[loop] = Math.max(counts[loop] ?? 0, Number(index) + 1);
    }
  }
  return counts;
}

/** The place of a run for display, counted from one: `each_order:3/each_line:0` is `each_order #4 › each_line #1`. */
export const placeOf = (scope: string): string =>
  scope.replace(/(?:#\d+)?:(\d+)(?=\/|$)/g, (_, index: string) => ` #${Number(index) + 1}`).replaceAll('/', ' › ');

export const isOver = (status: string): boolean => ended.has(status);

/** One of a node's runs, as the node's state would have been then. */
export const stateOfRun = (
  node_id: string,
  { scope, status, attempt, started_at, completed_at, port, input_data, output_data, logs, error }: NodeRun,
): NodeState => ({
  node_id,
  scope,
  status,
  attempt,
  started_at,
  completed_at,
  port,
  input_data,
  output_data,
  logs,
  error,
  runs: 1,
  failed_runs: status === 'failed' ? 1 : 0,
});

/** The nodes that have begun, in the order in which they first ended; those that the server's path has no room for follow by their start. */
export function stepsOf({ execution_path, node_states }: Pick<Execution, 'execution_path' | 'node_states'>): NodeState[] {
  const first = new Set(execution_path);
  const rest = Object.values(node_states)
    .filter(({ node_id, runs }) => runs > 0 && !first.has(node_id))
    .sort((one, other) => (one.started_at ?? '').localeCompare(other.started_at ?? ''));
  return [...[...first].flatMap((id) => node_states[id] ?? []), ...rest];
}
