import type { Draft } from './draft';
import type { Ends } from './operations';

const isLoop = (draft: Draft, id: string) => draft.nodes[id]?.node_type.startsWith('loop_') === true && draft.nodes[id].node_type !== 'loop_break';

/** Whether these ends would close a cycle that no loop node turns: a line from a loop's body back to its loop is how an iteration ends. */
export function closesCycle(draft: Draft, ends: Ends): boolean {
  if (turns(draft, ends)) return false;
  const forward = draft.connections.filter((connection) => !turns(draft, connection));
  return reached([ends.to_node_id], forward).has(ends.from_node_id);
}

function turns(draft: Draft, { from_node_id, to_node_id: loop }: Ends): boolean {
  if (!isLoop(draft, loop)) return false;
  const starts = draft.connections.filter((connection) => connection.from_node_id === loop && connection.from_port_name === 'loop');
  const inside = draft.connections.filter((connection) => connection.from_node_id !== loop && connection.to_node_id !== loop);
  return reached(starts.map((connection) => connection.to_node_id), inside).has(from_node_id);
}

function reached(starts: readonly string[], connections: readonly Ends[]): Set<string> {
  const seen = new Set(starts);
  const open = [...starts];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const { from_node_id, to_node_id } of connections) {
      if (from_node_id !== id || seen.has(to_node_id)) continue;
      seen.add(to_node_id);
      open.push(to_node_id);
    }
  }
  return seen;
}
