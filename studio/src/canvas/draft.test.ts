import { expect, test } from 'vitest';
import type { Workflow } from '@/api/types';
import { bodyOf, draftOf } from './draft';
import { portsOf } from './ports';
import { openProblems, problemsByNode, problemsOf, reportIn } from './problems';
import { chain, http } from './samples';
import { summaryOf } from './summary';

const { a, b } = chain.nodes;

const workflow: Workflow = {
  workflow_id: '0198', key: 'chain', name: 'Chain', description: null, status: 'draft', entity_id: 1, community_id: 1,
  nodes: { ...chain.nodes }, connections: [...chain.connections], global_variables: { greeting: 'Hello' },
  settings: { on_failure: 'alarm' }, revision: 3,
  published_version: null, published_at: null, has_unpublished_changes: true, paused: false,
  created_at: '2026-11-20T10:00:00Z', updated_at: '2026-11-20T10:00:00Z',
}; // prettier-ignore

test('a workflow survives the way into the designer and back', () => {
  const { name, nodes, connections, global_variables, settings } = workflow;
  expect(bodyOf(draftOf(workflow))).toEqual({ name, description: '', nodes, connections, global_variables, settings });
});

test('fields left empty are not sent; false, zero and empty lists are', () => {
  const config = { url: '', method: undefined, retry_count: 0, follow: false, tags: [] };
  const draft = { ...chain, nodes: { a: { ...a, config } } };
  expect(bodyOf(draft).nodes?.a?.config).toEqual({ retry_count: 0, follow: false, tags: [] });
});

test('ports are those of the activity, then the cases of a switch, then those in use', () => {
  const node = { ...a, node_type: 'condition_switch', config: { cases: { gold: 'vip', silver: 'vip', none: '' } } };
  const activity = { ...http, outputs: ['default'], outputs_from: 'cases' };
  expect(portsOf('a', node, activity, chain.connections)).toEqual({ inputs: ['input'], outputs: ['default', 'vip', 'success'] });
});

test('a node of an unknown type keeps the ports its connections use', () => {
  expect(portsOf('b', b, undefined, chain.connections)).toEqual({ inputs: ['input'], outputs: ['success'] });
});

test('problems name their nodes, repeat nothing, and put errors first', () => {
  const report = {
    is_valid: false, error_count: 2, warning_count: 1,
    errors: ["Node 'a': url is required", 'The workflow has no name'],
    warnings: ["Node 'c' has no outgoing connections"],
    warning_details: [{
      code: 'node.unconnected', message: "Node 'c' has no outgoing connections", node_id: 'c', field: null, position: null, suggestion: null,
    }],
    node_validation_errors: { a: ['url is required'] },
  }; // prettier-ignore
  const problems = problemsOf(report, chain.nodes);
  expect(problems).toEqual([
    { severity: 'error', message: 'The workflow has no name', nodeId: undefined },
    { severity: 'error', message: 'url is required', nodeId: 'a' },
    { severity: 'warning', message: "Node 'c' has no outgoing connections", nodeId: 'c' },
  ]);
  expect(Object.keys(problemsByNode(problems))).toEqual(['a', 'c']);
  expect(reportIn({ reason: 'workflow.invalid', ...report })).toMatchObject(report);
  expect(reportIn({ reason: 'quota.exceeded' })).toBeUndefined();
});

test('a problem goes when its node is changed or removed, and stays when it is moved', () => {
  const problems = [{ severity: 'error' as const, message: 'url is required', nodeId: 'a' }];
  expect(openProblems(problems, chain.nodes, { a: { ...a, position: { x: 9, y: 9 } } })).toEqual(problems);
  expect(openProblems(problems, chain.nodes, { a: { ...a, config: { url: 'x' } } })).toEqual([]);
  expect(openProblems(problems, chain.nodes, {})).toEqual([]);
});

test('a summary shows what matters: the address, the condition, the first fields', () => {
  expect(summaryOf({ ...a, config: { url: 'https://example.org', method: 'POST' } }, http)).toBe('POST https://example.org');
  expect(summaryOf({ ...a, config: { condition: [{ variable: 'n', operator: 'greater_than', value: 5 }] } }, undefined)).toBe('n greater than 5');
  expect(
    summaryOf(
      {
        ...a,
        config: {
          condition: {
            or: [
              { variable: 'n', operator: 'exists' },
              { variable: 'm', operator: 'exists' },
            ],
          },
        },
      },
      undefined,
    ),
  ).toBe('n exists / m exists');
  expect(summaryOf({ ...a, config: { message: 'Hi\nthere' } }, undefined)).toBe('Hi');
  expect(summaryOf({ ...a, config: {} }, http)).toBe('');
});
