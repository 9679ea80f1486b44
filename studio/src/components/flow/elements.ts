import { MarkerType, type Edge, type Node as FlowNode } from '@xyflow/react';
import type { Node, NodeState } from '@/api/types';
import { isBackEdge, isLoop } from '@/canvas/cycles';
import type { Draft } from '@/canvas/draft';
import type { Ends } from '@/canvas/operations';

/** The nodes to draw, with what the drawing library has learnt of them (sizes) carried over. */
export function flowNodes(nodes: Readonly<Record<string, Node>>, before: readonly FlowNode[]): FlowNode[] {
  const known = new Map(before.map((node) => [node.id, node]));
  return Object.entries(nodes).map(([id, node]) => {
    const old = known.get(id);
    if (old?.position.x === node.position.x && old.position.y === node.position.y && old.ariaLabel === node.label) return old;
    return { ...old, id, type: 'card', position: node.position, ariaLabel: node.label, data: {} };
  });
}

type States = Readonly<Record<string, NodeState>>;

type Graph = Pick<Draft, 'nodes' | 'connections'>;

export const backEdgesOf = (graph: Graph): ReadonlySet<string> => new Set(graph.connections.filter((connection) => isBackEdge(graph, connection)).map((connection) => connection.connection_id));

export function flowEdges(graph: Graph, backEdges: ReadonlySet<string>, selection: ReadonlySet<string>, states: States | undefined): Edge[] {
  return graph.connections.map((connection) => {
    const taken = states !== undefined && isTaken(connection, states, isLoop(graph, connection.from_node_id));
    const failing = connection.from_port_name === 'error' || connection.from_port_name === 'false';
    const color = taken ? 'var(--sf-completed)' : failing ? 'color-mix(in srgb, var(--sf-failed) 55%, var(--sf-idle))' : 'var(--sf-idle)';
    return {
      id: connection.connection_id,
      type: backEdges.has(connection.connection_id) ? 'back' : undefined,
      source: connection.from_node_id,
      sourceHandle: connection.from_port_name,
      target: connection.to_node_id,
      targetHandle: connection.to_port_name,
      selected: selection.has(connection.connection_id),
      animated: taken && states[connection.to_node_id]?.status === 'running',
      style: { stroke: color, strokeWidth: taken ? 2.5 : 1.8, opacity: states && !taken ? 0.45 : 1 },
      markerEnd: { type: MarkerType.ArrowClosed, color, width: 18, height: 18, markerUnits: 'userSpaceOnUse' },
    };
  });
}

/** Whether a run went this way. A loop leaves by its port `loop` again and again; its state tells only how it ended. */
function isTaken({ from_node_id, from_port_name: port, to_node_id }: Ends, states: States, fromLoop: boolean): boolean {
  const from = states[from_node_id];
  if (fromLoop && port === 'loop') return started.has(states[to_node_id]?.status ?? 'pending');
  return from?.status === 'completed' && (from.port ?? port) === port;
}

const started = new Set<string>(['running', 'waiting', 'completed', 'failed'] satisfies NodeState['status'][]);

interface LooseEnds {
  source: string | null;
  sourceHandle?: string | null;
  target: string | null;
  targetHandle?: string | null;
}

export function endsOf({ source, sourceHandle, target, targetHandle }: LooseEnds): Ends {
  return { from_node_id: source ?? '', from_port_name: sourceHandle ?? '', to_node_id: target ?? '', to_port_name: targetHandle ?? '' };
}
