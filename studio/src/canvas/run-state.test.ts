import { expect, test } from 'vitest';
import type { Execution, NodeEvent } from '@/api/types';
import { applyExecutionEvent, applyNodeEvent, runOf } from './run-state';

const execution: Execution = {
  execution_id: 'e', workflow_id: 'w', workflow_name: 'Chain', version: 1, trigger: 'manual', status: 'queued', start_time: '2026-11-20T10:00:00Z',
  execution_path: [], node_states: {}, final_variables: {}, input: {}, definition: { nodes: {}, connections: [] }, last_seq: 4,
}; // prettier-ignore

const event = (seq: number, status: NodeEvent['status'], rest: Partial<NodeEvent> = {}): NodeEvent => ({
  seq, node_id: 'a', status, attempt: 1, at: `2026-11-20T10:00:0${seq}Z`, logs: [], ...rest,
}); // prettier-ignore

test('events build up the state of a node and the path', () => {
  let run = applyNodeEvent(runOf(execution), event(5, 'running', { input_data: { n: 1 } }));
  run = applyNodeEvent(run, event(6, 'completed', { output_data: { ok: true }, port: 'success', logs: ['200'] }));
  expect(run.execution.execution_path).toEqual(['a']);
  expect(run.execution.node_states.a).toMatchObject({
    status: 'completed', started_at: '2026-11-20T10:00:05Z', completed_at: '2026-11-20T10:00:06Z', input_data: { n: 1 }, output_data: { ok: true }, port: 'success', logs: ['200'],
  }); // prettier-ignore
});

test('what the snapshot already held is not applied again', () => {
  const run = runOf(execution);
  expect(applyNodeEvent(run, event(3, 'running'))).toBe(run);
  expect(applyExecutionEvent(run, { seq: 2, status: 'running', at: '2026-11-20T10:00:02Z' })).toBe(run);
});

test('a retry clears the error and the end of the attempt before', () => {
  let run = applyNodeEvent(runOf(execution), event(5, 'failed', { error: 'timeout' }));
  run = applyNodeEvent(run, event(6, 'running', { attempt: 2 }));
  expect(run.execution.node_states.a).toMatchObject({ status: 'running', attempt: 2, error: null, completed_at: null });
});

test('the end of an execution brings its output or its error', () => {
  const failed = applyExecutionEvent(runOf(execution), { seq: 9, status: 'failed', at: '2026-11-20T10:00:09Z', error_message: 'boom', error_node_id: 'a' });
  expect(failed.execution).toMatchObject({ status: 'failed', end_time: '2026-11-20T10:00:09Z', error_message: 'boom', error_node_id: 'a' });
});
