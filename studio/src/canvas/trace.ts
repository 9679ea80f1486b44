import type { NodeState, TestedWorkflow, TraceEntry } from '@/api/types';

/** A run in a dry-run, as the state of its node. */
export function stateOf({ node_id, status, duration_seconds, started_at, input, output, logs, error, port, scope }: TraceEntry): NodeState {
  const completed_at = new Date(Date.parse(started_at) + duration_seconds * 1000).toISOString();
  return {
    node_id,
    status,
    started_at,
    completed_at,
    input_data: input,
    output_data: output,
    logs,
    error,
    port,
    scope,
    runs: 1,
    failed_runs: status === 'failed' ? 1 : 0,
  };
}

/** The last run of each node in a trace, and the number of its runs. A node without an entry was not reached, unless the trace is truncated. */
export function statesOf(
  { trace, trace_truncated }: Pick<TestedWorkflow, 'trace' | 'trace_truncated'>,
  nodeIds: readonly string[],
): Record<string, NodeState> {
  const states = Object.fromEntries(
    (trace_truncated ? [] : nodeIds).map((node_id): [string, NodeState] => [
      node_id,
      { node_id, status: 'skipped', runs: 0, failed_runs: 0, scope: '' },
    ]),
  );
  for (const entry of trace) {
    const [before, state] = [states[entry.node_id], stateOf(entry)];
    states[entry.node_id] = { ...state, runs: (before?.runs ?? 0) + 1, failed_runs: (before?.failed_runs ?? 0) + state.failed_runs };
  }
  return states;
}

/** One line of what a node would have done. */
export function wouldLine(would: TraceEntry['would']): string {
  return Object.values(would ?? {})
    .filter((value) => typeof value === 'string')
    .slice(0, 2)
    .join(' · ');
}
