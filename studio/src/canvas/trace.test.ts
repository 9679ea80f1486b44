import { expect, test } from 'vitest';
import type { TraceEntry } from '@/api/types';
import { stateOf, statesOf, wouldLine } from './trace';

const entry = (node_id: string, rest: Partial<TraceEntry> = {}): TraceEntry => ({
  node_id, status: 'completed', duration_seconds: 1.5, started_at: '2026-11-20T10:00:00Z', input: {}, output: {}, logs: [],
  error: null, scope: '', port: 'output', pinned: false, output_from: null, output_execution_id: null, would: null, ...rest,
}); // prettier-ignore

test('a node shows its last run and how many there were', () => {
  const states = statesOf(
    {
      trace: [entry('a'), entry('b', { scope: 'a:0', output: 1 }), entry('b', { scope: 'a:1', output: 2, status: 'failed' })],
      trace_truncated: false,
    },
    ['a', 'b', 'c'],
  );
  expect(states.a).toMatchObject({ runs: 1, status: 'completed' });
  expect(states.b).toMatchObject({ runs: 2, status: 'failed', output_data: 2, scope: 'a:1' });
  expect(states.c?.status).toBe('skipped');
});

test('where the trace leaves something out, a node it does not name may have run', () => {
  expect(statesOf({ trace: [entry('a')], trace_truncated: true }, ['a', 'b']).b).toBeUndefined();
});

test('a run ends when its time is over', () => {
  expect(stateOf(entry('a')).completed_at).toBe('2026-11-20T10:00:01.500Z');
});

test('what a node would have done is one line of its texts', () => {
  expect(wouldLine({ request: 'POST https://example.org', headers: { a: 'b' }, size: 12 })).toBe('POST https://example.org');
  expect(wouldLine(null)).toBe('');
});
