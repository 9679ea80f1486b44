import { MarkerType, type Edge, type Node as FlowNode } from '@xyflow/react';
import type { Connection, Node, NodeState } from '@/api/types';
import type { Turns } from '@/canvas/cycles';
import type { Ends } from '@/canvas/operations';

/** The nodes to draw, with what the drawing library has learnt of them (sizes) carried over; the same list if nothing of it has changed. */
export function flowNodes(nodes: Readonly<Record<string, Node>>, before: FlowNode[]): FlowNode[] {
  const known = new Map(before.map((node) => [node.id, node]));
  const drawn = Object.entries(nodes).map(([id, node]) => {
    const old = known.get(id);
    if (old?.position.x === node.position.x && old.position.y === node.position.y && old.ariaLabel === node.label) return old;
    return { ...old, id, type: 'card', position: node.position, ariaLabel: node.label, data: {} };
  });
  return drawn.length === before.length && drawn.every((node, index) => node === before[index]) ? before : drawn;
}

type States = Readonly<Record<string, NodeState>>;

export function flowEdges(
  connections: readonly Connection[],
  { loops, backEdges }: Turns,
  selection: ReadonlySet<string>,
  states: States | undefined,
): Edge[] {
  return connections.map((connection) => {
    const taken = states !== undefined && isTaken(connection, states, loops.has(connection.from_node_id));
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
