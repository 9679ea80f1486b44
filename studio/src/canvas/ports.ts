import type { Activity, Connection, Node } from '@/api/types';

export interface Ports {
  inputs: string[];
  outputs: string[];
}

/** Ports of a node: its activity's, those its config names, and those still in use, so that no connection hangs in the air. */
export function portsOf(nodeId: string, node: Node, activity: Activity | undefined, connections: readonly Connection[]): Ports {
  const used = connections.filter((connection) => connection.from_node_id === nodeId).map((connection) => connection.from_port_name);
  const entered = connections.filter((connection) => connection.to_node_id === nodeId).map((connection) => connection.to_port_name);
  return {
    inputs: unique([...(activity?.inputs ?? []), ...entered]),
    outputs: unique([...(activity?.outputs ?? []), ...casePorts(node), ...used]),
  };
}

function casePorts(node: Node): string[] {
  const { cases } = node.config;
  if (node.node_type !== 'condition_switch' || typeof cases !== 'object' || cases === null) return [];
  return Object.values(cases).filter((port): port is string => typeof port === 'string' && port !== '');
}

const unique = (names: string[]) => [...new Set(names)];
