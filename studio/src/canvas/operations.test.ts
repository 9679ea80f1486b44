import { expect, test } from 'vitest';
import { addAfter, addNode, connect, duplicate, freeNodeId, move, refusalOf, remove, updateNode } from './operations';
import { chain, http } from './samples';

const ends = (from: string, to: string, port = 'success') => ({ from_node_id: from, from_port_name: port, to_node_id: to, to_port_name: 'input' });

test('a new node has a readable id, leaves defaults to the server, and stands clear of others', () => {
  const first = addNode(chain, http, { x: 10, y: 300 });
  const second = addNode(first.draft, http, { x: 10, y: 300 });
  expect([first.id, second.id]).toEqual(['http_1', 'http_2']);
  expect(first.draft.nodes.http_1?.config).toEqual({});
  expect(second.draft.nodes.http_2?.position).not.toEqual(first.draft.nodes.http_1?.position);
});

test('a node added behind another takes its first free port', () => {
  const catalog = new Map([[http.type, http]]);
  const { draft, id } = addAfter(chain, http, 'a', catalog, { x: 0, y: 0 });
  expect(draft.connections.at(-1)).toMatchObject(ends('a', id, 'error'));
  expect(addAfter(chain, http, undefined, catalog, { x: 5, y: 500 }).draft.connections).toHaveLength(3);
});

test.each([
  ['trigger_chat_message', 'chat_message_1'],
  ['slack', 'slack_1'],
  ['action_', 'node_1'],
  ['flow_my-own', 'my_own_1'],
])('%s becomes %s, a name that templates can use', (type, id) => {
  expect(freeNodeId(type, {})).toBe(id);
});

test('removing a node cuts every connection it had', () => {
  const draft = remove(chain, ['a'], []);
  expect(Object.keys(draft.nodes)).toEqual(['start', 'b', 'c']);
  expect(draft.connections.map((connection) => connection.connection_id)).toEqual(['3']);
});

test('removing a connection leaves its nodes', () => {
  const draft = remove(chain, [], ['2']);
  expect(Object.keys(draft.nodes)).toHaveLength(4);
  expect(draft.connections).toHaveLength(2);
});

test('a connection that closes a cycle is refused, however long the way round', () => {
  expect(refusalOf(chain, ends('c', 'start'))).toBe('cycle');
  expect(refusalOf(chain, ends('b', 'a'))).toBe('cycle');
  expect(connect(chain, ends('c', 'start'))).toBe(chain);
});

test('a line from the body of a loop back to its loop is no cycle, from anywhere else it is', () => {
  const { a, start } = chain.nodes;
  const loop = { ...a, node_type: 'loop_foreach' };
  const lines = [ends('start', 'loop', 'output'), ends('loop', 'a', 'loop'), ends('a', 'b'), ends('loop', 'c', 'complete')];
  const draft = lines.reduce(connect, { ...chain, nodes: { ...chain.nodes, start, loop }, connections: [] as typeof chain.connections });
  expect(refusalOf(draft, ends('b', 'loop'))).toBeUndefined();
  expect(refusalOf(draft, ends('c', 'loop'))).toBe('cycle');
  const turned = connect(draft, ends('b', 'loop'));
  expect(refusalOf(turned, ends('b', 'a', 'error'))).toBe('cycle');
  expect(refusalOf(turned, ends('c', 'start'))).toBe('cycle');
});

test('a break leads out of its loop: behind it a line back to that loop is a cycle, to the loop around it is not', () => {
  const { a, start } = chain.nodes;
  const of = (node_type: string) => ({ ...a, node_type });
  const nodes = { start, outer: of('loop_foreach'), inner: of('loop_while'), stop: of('loop_break'), after: a };
  const lines = [ends('start', 'outer', 'output'), ends('outer', 'inner', 'loop'), ends('inner', 'stop', 'loop'), ends('stop', 'after', 'break')];
  const draft = lines.reduce(connect, { ...chain, nodes, connections: [] as typeof chain.connections });
  expect(refusalOf(draft, ends('stop', 'inner', 'continue'))).toBeUndefined();
  expect(refusalOf(draft, ends('after', 'inner'))).toBe('cycle');
  expect(refusalOf(draft, ends('after', 'outer'))).toBeUndefined();
  expect(refusalOf(draft, ends('stop', 'outer', 'continue'))).toBe('cycle');
});

test('a node to itself, a second line between the same ports and unknown nodes are refused', () => {
  expect(refusalOf(chain, ends('a', 'a'))).toBe('self');
  expect(refusalOf(chain, ends('a', 'b'))).toBe('duplicate');
  expect(refusalOf(chain, ends('a', 'nowhere'))).toBe('unknown');
});

test('another port of the same node may lead to the same place', () => {
  const draft = connect(chain, ends('a', 'b', 'error'));
  expect(draft.connections.at(-1)).toEqual({ connection_id: 'a.error-b.input', ...ends('a', 'b', 'error') });
});

test('duplicates keep the connections between themselves and no others', () => {
  const { draft, ids } = duplicate(chain, ['a', 'b']);
  expect(ids).toEqual(['http_1', 'http_2']);
  expect(draft.connections.slice(3).map(({ from_node_id, to_node_id }) => [from_node_id, to_node_id])).toEqual([['http_1', 'http_2']]);
});

test('operations leave the draft they were given as it was', () => {
  const before = structuredClone(chain);
  move(chain, { a: { x: 1.4, y: 2.6 } });
  updateNode(chain, 'a', { label: 'Other' });
  remove(chain, ['a'], ['3']);
  expect(chain).toEqual(before);
});

test('a move to the same place changes nothing', () => {
  expect(move(chain, { a: { x: 200, y: 0 }, gone: { x: 1, y: 1 } })).toBe(chain);
});

test('positions are whole pixels', () => {
  expect(move(chain, { a: { x: 1.4, y: 2.6 } }).nodes.a?.position).toEqual({ x: 1, y: 3 });
});
