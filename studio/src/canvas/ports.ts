import type { Activity, Connection, Node } from '@/api/types';
import { wiresOf } from './wires';

export interface Ports {
  inputs: string[];
  outputs: string[];
}

/** Ports of a node: its activity's, those its config names, and those still in use, so that no connection hangs in the air. */
export function portsOf(nodeId: string, node: Node, activity: Activity | undefined, connections: readonly Connection[]): Ports {
  const { leaving, entering } = wiresOf(connections)(nodeId);
  const used = leaving.map((connection) => connection.from_port_name);
  const entered = entering.map((connection) => connection.to_port_name);
  const fixed = activity?.outputs ?? [];
  return {
    inputs: unique([...(activity?.inputs ?? []), ...entered]),
    outputs: unique([...fixed.filter((port) => port !== 'error'), ...configPorts(node, activity?.outputs_from), ...fixed, ...used]),
  };
}

function configPorts(node: Node, field: string | null | undefined): string[] {
  const named = field ? node.config[field] : undefined;
  if (typeof named !== 'object' || named === null || Array.isArray(named)) return [];
  return Object.values(named).filter((port): port is string => typeof port === 'string' && port !== '');
}

const unique = (names: string[]) => [...new Set(names)];
