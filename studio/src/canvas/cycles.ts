import type { Draft } from './draft';
import type { Ends } from './operations';

type Graph = Pick<Draft, 'nodes' | 'connections'>;

export const isLoop = (graph: Graph, id: string) => graph.nodes[id]?.node_type.startsWith('loop_') === true && graph.nodes[id].node_type !== 'loop_break';

/** Whether these ends would close a cycle that no loop node turns: a line from a loop's body back to its loop is how an iteration ends. */
export function closesCycle(graph: Graph, ends: Ends): boolean {
  if (isBackEdge(graph, ends)) return false;
  const forward = graph.connections.filter((connection) => !isBackEdge(graph, connection));
  return reaches(ends.to_node_id, ends.from_node_id, forward);
}

/** Whether a line leads from the body of a loop back to that loop. */
export function isBackEdge(graph: Graph, ends: Ends): boolean {
  if (!isLoop(graph, ends.to_node_id)) return false;
  const depth = depthsIn(graph, ends.to_node_id).get(ends.from_node_id);
  return depth !== undefined && depthOf(graph, ends, depth) <= 0;
}

/** How deep a line leads: the body of a loop is one deeper than the loop, behind a break it is one less. */
function depthOf(graph: Graph, { from_node_id: from, from_port_name: port }: Ends, depth: number): number {
  if (port === 'loop' && isLoop(graph, from)) return depth + 1;
  return port === 'break' && graph.nodes[from]?.node_type === 'loop_break' ? depth - 1 : depth;
}

/** The nodes in the body of a loop, each with the number of inner loops around it. */
function depthsIn(graph: Graph, loop: string): Map<string, number> {
  const depths = new Map<string, number>();
  const open: (readonly [string, number])[] = [[loop, -1]];
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    const [from, depth] = next;
    for (const connection of graph.connections) {
      const { from_node_id, from_port_name, to_node_id: to } = connection;
      if (from_node_id !== from || to === loop || depths.has(to) || (from === loop && from_port_name !== 'loop')) continue;
      const deeper = depthOf(graph, connection, depth);
      if (deeper < 0) continue;
      depths.set(to, deeper);
      open.push([to, deeper]);
    }
  }
  return depths;
}

function reaches(start: string, end: string, connections: readonly Ends[]): boolean {
  const seen = new Set([start]);
  for (const id of seen) {
    for (const { from_node_id, to_node_id } of connections) if (from_node_id === id) seen.add(to_node_id);
  }
  return seen.has(end);
}
