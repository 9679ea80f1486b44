import { MarkerType, type Edge, type Node as FlowNode } from '@xyflow/react';
import type { Connection, Node, NodeState } from '@/api/types';
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

export function flowEdges(connections: readonly Connection[], selection: ReadonlySet<string>, states: Readonly<Record<string, NodeState>> | undefined): Edge[] {
  return connections.map((connection) => {
    const from = states?.[connection.from_node_id];
    const taken = from?.status === 'completed' && (from.port ?? connection.from_port_name) === connection.from_port_name;
    const failing = connection.from_port_name === 'error' || connection.from_port_name === 'false';
    const color = taken ? 'var(--sf-completed)' : failing ? 'color-mix(in srgb, var(--sf-failed) 55%, var(--sf-idle))' : 'var(--sf-idle)';
    return {
      id: connection.connection_id,
      source: connection.from_node_id,
      sourceHandle: connection.from_port_name,
      target: connection.to_node_id,
      targetHandle: connection.to_port_name,
      selected: selection.has(connection.connection_id),
      animated: taken && states?.[connection.to_node_id]?.status === 'running',
      style: { stroke: color, strokeWidth: taken ? 2.5 : 1.8, opacity: states && !taken ? 0.45 : 1 },
      markerEnd: { type: MarkerType.ArrowClosed, color, width: 18, height: 18, markerUnits: 'userSpaceOnUse' },
    };
  });
}

interface LooseEnds {
  source: string | null;
  sourceHandle?: string | null;
  target: string | null;
  targetHandle?: string | null;
}

export function endsOf({ source, sourceHandle, target, targetHandle }: LooseEnds): Ends {
  return { from_node_id: source ?? '', from_port_name: sourceHandle ?? '', to_node_id: target ?? '', to_port_name: targetHandle ?? '' };
}
