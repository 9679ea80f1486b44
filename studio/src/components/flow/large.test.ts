import { expect, test } from 'vitest';
import type { Connection, Node } from '@/api/types';
import { turnsOf } from '@/canvas/cycles';
import type { Draft } from '@/canvas/draft';
import { refusalOf, updateNode } from '@/canvas/operations';
import { portsOf } from '@/canvas/ports';
import { flowNodes } from './elements';

const count = 500;

/** A long chain whose connections count how often they are looked at. */
function chain(): { draft: Draft; looks: () => number } {
  let looks = 0;
  const node = (index: number): Node => ({
    node_type: index % 50 === 1 ? 'loop_foreach' : 'action_http',
    label: `n${index}`,
    position: { x: index, y: 0 },
    config: {},
  });
  const line = (index: number): Connection =>
    new Proxy(
      {
        connection_id: `c${index}`,
        from_node_id: `n${index}`,
        from_port_name: index % 50 === 1 ? 'complete' : 'success',
        to_node_id: `n${index + 1}`,
        to_port_name: 'input',
      },
      {
        get: (target, name) => {
          looks += 1;
          return Reflect.get(target, name) as unknown;
        },
      },
    );
  const nodes = Object.fromEntries(Array.from({ length: count }, (_, index) => [`n${index}`, node(index)]));
  const connections = Array.from({ length: count - 1 }, (_, index) => line(index));
  return { draft: { name: '', description: '', variables: {}, settings: {}, nodes, connections }, looks: () => looks };
}

test('a key typed into a node of a large graph looks at each connection a few times', () => {
  const { draft, looks } = chain();
  const drawn = flowNodes(draft.nodes, []);
  const turns = turnsOf(draft);
  const before = looks();
  const typed = updateNode(draft, 'n7', { config: { url: 'h' } });
  for (const [id, node] of Object.entries(typed.nodes)) portsOf(id, node, undefined, typed.connections);
  expect(turnsOf(typed)).toBe(turns);
  expect(flowNodes(typed.nodes, drawn)).toBe(drawn);
  expect(looks() - before).toBeLessThan(10 * count);
});

test('a line is judged by looking at each connection a few times', () => {
  const { draft, looks } = chain();
  turnsOf(draft);
  const before = looks();
  expect(refusalOf(draft, { from_node_id: 'n499', from_port_name: 'success', to_node_id: 'n0', to_port_name: 'input' })).toBe('cycle');
  expect(looks() - before).toBeLessThan(20 * count);
});
