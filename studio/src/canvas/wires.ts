import type { Connection } from '@/api/types';

interface Wires {
  readonly leaving: readonly Connection[];
  readonly entering: readonly Connection[];
}

const none: Wires = { leaving: [], entering: [] };
const known = new WeakMap<readonly Connection[], Map<string, Wires>>();

/** The connections of each node. A list of connections never changes in place, so it is sorted once. */
export function wiresOf(connections: readonly Connection[]): (nodeId: string) => Wires {
  let byNode = known.get(connections);
  if (!byNode) {
    byNode = sorted(connections);
    known.set(connections, byNode);
  }
  const found = byNode;
  return (nodeId) => found.get(nodeId) ?? none;
}

function sorted(connections: readonly Connection[]): Map<string, Wires> {
  const byNode = new Map<string, { leaving: Connection[]; entering: Connection[] }>();
  const of = (id: string) => {
    const wires = byNode.get(id) ?? { leaving: [], entering: [] };
    byNode.set(id, wires);
    return wires;
  };
  for (const connection of connections) {
    of(connection.from_node_id).leaving.push(connection);
    of(connection.to_node_id).entering.push(connection);
  }
  return byNode;
}
