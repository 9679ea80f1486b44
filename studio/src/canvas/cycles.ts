import type { Connection } from '@/api/types';
import type { Draft } from './draft';
import type { Ends } from './operations';
import { wiresOf } from './wires';

type Graph = Pick<Draft, 'nodes' | 'connections'>;

export const isLoop = (graph: Graph, id: string) =>
  graph.nodes[id]?.node_type.startsWith('loop_') === true && graph.nodes[id].node_type !== 'loop_break';

/** The loops of a graph, and the lines that end their iterations, by id. */
export interface Turns {
  readonly loops: ReadonlySet<string>;
  readonly backEdges: ReadonlySet<string>;
}

const known = new WeakMap<readonly Connection[], { kinds: string; turns: Turns }>();

/** Found anew only where connections or loops have changed: what is typed into a node changes neither. */
export function turnsOf(graph: Graph): Turns {
  const turning = Object.keys(graph.nodes).filter((id) => graph.nodes[id]?.node_type.startsWith('loop_'));
  const kinds = turning.map((id) => `${id} ${graph.nodes[id]?.node_type ?? ''}`).join('\n');
  const before = known.get(graph.connections);
  if (before?.kinds === kinds) return before.turns;
  const loops = turning.filter((id) => isLoop(graph, id));
  const turns = { loops: new Set(loops), backEdges: new Set(loops.flatMap((loop) => backEdgesInto(graph, loop))) };
  known.set(graph.connections, { kinds, turns });
  return turns;
}

function backEdgesInto(graph: Graph, loop: string): string[] {
  const { entering } = wiresOf(graph.connections)(loop);
  const depths = depthsIn(graph, loop);
  return entering
    .filter((connection) => endsIteration(graph, connection, depths.get(connection.from_node_id)))
    .map((connection) => connection.connection_id);
}

/** Whether these ends would close a cycle that no loop node turns: a line from a loop's body back to its loop is how an iteration ends. */
export function closesCycle(graph: Graph, ends: Ends): boolean {
  if (isBackEdge(graph, ends)) return false;
  return reaches(graph, ends.to_node_id, ends.from_node_id);
}

/** Whether a line leads from the body of a loop back to that loop. */
export function isBackEdge(graph: Graph, ends: Ends): boolean {
  return isLoop(graph, ends.to_node_id) && endsIteration(graph, ends, depthsIn(graph, ends.to_node_id).get(ends.from_node_id));
}

const endsIteration = (graph: Graph, ends: Ends, depth: number | undefined) => depth !== undefined && depthOf(graph, ends, depth) <= 0;

/** How deep a line leads: the body of a loop is one deeper than the loop, behind a break it is one less. */
function depthOf(graph: Graph, { from_node_id: from, from_port_name: port }: Ends, depth: number): number {
  if (port === 'loop' && isLoop(graph, from)) return depth + 1;
  return port === 'break' && graph.nodes[from]?.node_type === 'loop_break' ? depth - 1 : depth;
}

/** The nodes in the body of a loop, each with the number of inner loops around it. */
function depthsIn(graph: Graph, loop: string): Map<string, number> {
  const wires = wiresOf(graph.connections);
  const depths = new Map<string, number>();
  const open: (readonly [string, number])[] = [[loop, -1]];
  for (const [from, depth] of open) {
    for (const connection of wires(from).leaving) {
      const { from_port_name, to_node_id: to } = connection;
      if (to === loop || depths.has(to) || (from === loop && from_port_name !== 'loop')) continue;
      const deeper = depthOf(graph, connection, depth);
      if (deeper < 0) continue;
      depths.set(to, deeper);
      open.push([to, deeper]);
    }
  }
  return depths;
}

/** By lines that lead forward. */
function reaches(graph: Graph, start: string, end: string): boolean {
  const wires = wiresOf(graph.connections);
  const { backEdges } = turnsOf(graph);
  const seen = new Set([start]);
  for (const id of seen) {
    for (const { connection_id, to_node_id } of wires(id).leaving) if (!backEdges.has(connection_id)) seen.add(to_node_id);
  }
  return seen.has(end);
}
