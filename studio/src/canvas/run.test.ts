import { expect, test } from 'vitest';
import type { Execution, NodeEvent } from '@/api/types';
import { applyExecutionEvent, applyNodeEvent, iterationsOf, placeOf, stepsOf } from './run';

const execution: Execution = {
  execution_id: 'e', workflow_id: 'w', workflow_name: 'Chain', version: 1, trigger: 'manual', status: 'queued', start_time: '2026-11-20T10:00:00Z',
  execution_path: [], node_states: {}, final_variables: {}, input: {}, definition: { nodes: {}, connections: [] },
  last_seq: 4, path_truncated: false, retries: [], incidents: [], allowed_actions: [],
}; // prettier-ignore

const event = (seq: number, status: NodeEvent['status'], rest: Partial<NodeEvent> = {}): NodeEvent => ({
  seq, node_id: 'a', status, attempt: 1, runs: 1, failed_runs: 0, scope: '', at: `2026-11-20T10:00:0${seq}Z`, logs: [], ...rest,
}); // prettier-ignore

test('events build up the state of a node and the path', () => {
  let run = applyNodeEvent(execution, event(5, 'running', { input_data: { n: 1 } }));
  run = applyNodeEvent(run, event(6, 'completed', { output_data: { ok: true }, port: 'success', logs: ['200'] }));
  expect(run.execution_path).toEqual(['a']);
  expect(run.last_seq).toBe(6);
  expect(run.node_states.a).toEqual({
    node_id: 'a', status: 'completed', attempt: 1, port: 'success', runs: 1, failed_runs: 0, waiting_until: null, scope: '', error: null,
    logs: ['200'],
    started_at: '2026-11-20T10:00:05Z', completed_at: '2026-11-20T10:00:06Z', input_data: { n: 1 }, output_data: { ok: true },
  }); // prettier-ignore
});

test('what the snapshot already held is not applied again', () => {
  expect(applyNodeEvent(execution, event(3, 'running'))).toBe(execution);
  expect(applyExecutionEvent(execution, { seq: 2, status: 'running', at: '2026-11-20T10:00:02Z' })).toBe(execution);
});

test('a retry clears the error and the end of the attempt before', () => {
  let run = applyNodeEvent(execution, event(5, 'failed', { error: { code: 'http.timeout', message: 'No answer.' } }));
  run = applyNodeEvent(run, event(6, 'running', { attempt: 2 }));
  expect(run.node_states.a).toMatchObject({ status: 'running', attempt: 2, error: null, completed_at: null });
});

test('a skipped node has a state and is not on the path', () => {
  const run = applyNodeEvent(execution, event(5, 'skipped'));
  expect([run.node_states.a?.status, run.execution_path]).toEqual(['skipped', []]);
});

test('the end of an execution brings its output or its error', () => {
  const failed = applyExecutionEvent(execution, { seq: 9, status: 'failed', at: '2026-11-20T10:00:09Z', error_message: 'boom', error_node_id: 'a' });
  expect(failed).toMatchObject({ status: 'failed', end_time: '2026-11-20T10:00:09Z', error_message: 'boom', error_node_id: 'a' });
});

test('a node that runs again counts its runs and says where', () => {
  let run = applyNodeEvent(execution, event(5, 'completed', { runs: 1, scope: 'each:0' }));
  run = applyNodeEvent(run, event(6, 'completed', { runs: 2, scope: 'each:1' }));
  expect(run.node_states.a).toMatchObject({ runs: 2, scope: 'each:1' });
});

test('the places of runs tell how many iterations their loops have begun', () => {
  const at = (scope: string) => ({ node_id: scope, status: 'completed' as const, runs: 1, failed_runs: 0, scope });
  expect(iterationsOf({ a: at('each:3/line#2:0'), b: at('each:1'), c: at('') })).toEqual({ each: 4, line: 1 });
});

test('places are read by people, who count from one', () => {
  expect(placeOf('each_order:3/each_line#2:0')).toBe('each_order #4 › each_line #1');
  expect(placeOf('')).toBe('');
});

test('nodes that the path has no room for are steps all the same', () => {
  const state = (node_id: string, started_at: string, runs = 1) => ({
    node_id,
    status: 'completed' as const,
    runs,
    failed_runs: 0,
    scope: '',
    started_at,
  });
  const node_states = {
    late: state('late', '2026-11-20T10:00:03Z'),
    first: state('first', '2026-11-20T10:00:01Z', 1_000),
    later: state('later', '2026-11-20T10:00:04Z'),
    never: state('never', '', 0),
  };
  const steps = stepsOf({ execution_path: Array.from({ length: 1_000 }, () => 'first'), node_states });
  expect(steps.map(({ node_id }) => node_id)).toEqual(['first', 'late', 'later']);
});

test('a node that waits says until when, and no longer when it goes on', () => {
  let run = applyNodeEvent(execution, event(5, 'waiting', { waiting_until: '2026-11-20T11:00:00Z' }));
  expect(run.node_states.a?.waiting_until).toBe('2026-11-20T11:00:00Z');
  run = applyNodeEvent(run, event(6, 'completed'));
  expect(run.node_states.a?.waiting_until).toBeNull();
});
