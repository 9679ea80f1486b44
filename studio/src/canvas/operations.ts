import type { Activity, Connection, Node } from '@/api/types';
import { closesCycle } from './cycles';
import type { Draft } from './draft';
import { portsOf } from './ports';

export interface Point {
  x: number;
  y: number;
}

export type Ends = Omit<Connection, 'connection_id'>;

/** A short readable id that templates can name: `action_http` gives `http_1`. */
export function freeNodeId(nodeType: string, nodes: Draft['nodes']): string {
  const stem = nodeType.replace(/^(trigger|condition|action|data|flow|loop)_/, '').replace(/\W+/g, '_') || 'node';
  let count = 1;
  while (`${stem}_${count}` in nodes) count += 1;
  return `${stem}_${count}`;
}

/** A place near the wanted one that no other node covers exactly. */
function freePosition(wanted: Point, nodes: Draft['nodes']): Point {
  let position = { x: Math.round(wanted.x), y: Math.round(wanted.y) };
  const taken = (point: Point) =>
    Object.values(nodes).some((node) => Math.abs(node.position.x - point.x) < 16 && Math.abs(node.position.y - point.y) < 16);
  while (taken(position)) position = { x: position.x + 32, y: position.y + 32 };
  return position;
}

export function addNode(draft: Draft, activity: Activity, position: Point): { draft: Draft; id: string } {
  const id = freeNodeId(activity.type, draft.nodes);
  const node: Node = {
    node_type: activity.type,
    label: activity.display_name,
    position: freePosition(position, draft.nodes),
    config: {},
  };
  return { draft: { ...draft, nodes: { ...draft.nodes, [id]: node } }, id };
}

/** Adds a node behind another, connected to its first free port; without one before it, at the place given. */
export function addAfter(draft: Draft, activity: Activity, before: string | undefined, catalog: ReadonlyMap<string, Activity>, otherwise: Point) {
  const node = before === undefined ? undefined : draft.nodes[before];
  const [input] = activity.inputs;
  if (before === undefined || !node || input === undefined) return addNode(draft, activity, otherwise);
  const ports = portsOf(before, node, catalog.get(node.node_type), draft.connections).outputs;
  const port = ports.find(
    (name) => !draft.connections.some((connection) => connection.from_node_id === before && connection.from_port_name === name),
  );
  const added = addNode(draft, activity, { x: node.position.x + 312, y: node.position.y + 136 * Math.max(0, ports.indexOf(port ?? '')) });
  if (port === undefined) return added;
  return { ...added, draft: connect(added.draft, { from_node_id: before, from_port_name: port, to_node_id: added.id, to_port_name: input }) };
}

/** Removes nodes with all their connections, and connections by themselves. */
export function remove(draft: Draft, nodeIds: readonly string[], connectionIds: readonly string[]): Draft {
  const gone = new Set(nodeIds);
  const cut = new Set(connectionIds);
  return {
    ...draft,
    nodes: Object.fromEntries(Object.entries(draft.nodes).filter(([id]) => !gone.has(id))),
    connections: draft.connections.filter(
      (connection) => !cut.has(connection.connection_id) && !gone.has(connection.from_node_id) && !gone.has(connection.to_node_id),
    ),
  };
}

/** Copies nodes and the connections between them; the new ids in the order of the old. */
export function duplicate(draft: Draft, nodeIds: readonly string[]): { draft: Draft; ids: string[] } {
  const nodes = { ...draft.nodes };
  const copies = new Map<string, string>();
  for (const id of nodeIds) {
    const node = draft.nodes[id];
    if (!node) continue;
    const copy = freeNodeId(node.node_type, nodes);
    nodes[copy] = { ...node, position: freePosition({ x: node.position.x + 32, y: node.position.y + 32 }, nodes) };
    copies.set(id, copy);
  }
  let next: Draft = { ...draft, nodes };
  for (const connection of draft.connections) {
    const from = copies.get(connection.from_node_id);
    const to = copies.get(connection.to_node_id);
    if (from && to) next = connect(next, { ...connection, from_node_id: from, to_node_id: to });
  }
  return { draft: next, ids: [...copies.values()] };
}

export function move(draft: Draft, positions: Readonly<Record<string, Point>>): Draft {
  const nodes = { ...draft.nodes };
  let moved = false;
  for (const [id, point] of Object.entries(positions)) {
    const position = { x: Math.round(point.x), y: Math.round(point.y) };
    const node = nodes[id];
    if (!node || (node.position.x === position.x && node.position.y === position.y)) continue;
    nodes[id] = { ...node, position };
    moved = true;
  }
  return moved ? { ...draft, nodes } : draft;
}

export function updateNode(draft: Draft, id: string, patch: Partial<Node>): Draft {
  const node = draft.nodes[id];
  return node ? { ...draft, nodes: { ...draft.nodes, [id]: { ...node, ...patch } } } : draft;
}

export type Refusal = 'unknown' | 'self' | 'duplicate' | 'cycle';

/** Why these ends may not be connected, or nothing if they may. */
export function refusalOf(draft: Draft, ends: Ends): Refusal | undefined {
  if (!(ends.from_node_id in draft.nodes) || !(ends.to_node_id in draft.nodes)) return 'unknown';
  if (ends.from_node_id === ends.to_node_id) return 'self';
  if (draft.connections.some((connection) => sameEnds(connection, ends))) return 'duplicate';
  return closesCycle(draft, ends) ? 'cycle' : undefined;
}

export function connect(draft: Draft, ends: Ends): Draft {
  if (refusalOf(draft, ends)) return draft;
  const { from_node_id, from_port_name, to_node_id, to_port_name } = ends;
  const connection_id = `${from_node_id}.${from_port_name}-${to_node_id}.${to_port_name}`;
  return { ...draft, connections: [...draft.connections, { connection_id, from_node_id, from_port_name, to_node_id, to_port_name }] };
}

const sameEnds = (a: Ends, b: Ends) =>
  a.from_node_id === b.from_node_id && a.from_port_name === b.from_port_name && a.to_node_id === b.to_node_id && a.to_port_name === b.to_port_name;
