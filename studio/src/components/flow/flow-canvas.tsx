import { useComputedColorScheme } from '@mantine/core';
import {
  applyNodeChanges,
  Background,
  BackgroundVariant,
  Controls,
  MiniMap,
  ReactFlow,
  useReactFlow,
  type EdgeChange,
  type FinalConnectionState,
  type NodeChange,
} from '@xyflow/react';
import '@xyflow/react/dist/style.css';
import { useMemo, useState, type Dispatch, type DragEvent, type ReactNode, type SetStateAction } from 'react';
import { useTranslation } from 'react-i18next';
import { turnsOf } from '@/canvas/cycles';
import type { Ends, Point, Refusal } from '@/canvas/operations';
import { iterationsOf } from '@/canvas/run';
import { BackEdge } from './back-edge';
import { endsOf, flowEdges, flowNodes } from './elements';
import classes from './flow-canvas.module.css';
import { FlowModelContext, type FlowModel } from './model';
import { NodeCard } from './node-card';

/** The type under which a palette item carries its activity while it is dragged. */
export const dragType = 'application/x-saasflows-activity';

export interface FlowEditing {
  onMove: (positions: Record<string, Point>) => void;
  onConnect: (ends: Ends) => void;
  refusalOf: (ends: Ends) => Refusal | undefined;
  onRefused: (refusal: Refusal) => void;
  onRemove: (nodeIds: string[], connectionIds: string[]) => void;
  onDrop: (activityType: string, position: Point) => void;
}

export type Selection = ReadonlySet<string>;

interface FlowCanvasProps {
  model: FlowModel;
  selection: Selection;
  onSelection: Dispatch<SetStateAction<Selection>>;
  /** A node was clicked, selected already or not. */
  onPick?: () => void;
  /** Without it the graph can be read only. */
  editing?: FlowEditing;
  children?: ReactNode;
}

const nodeTypes = { card: NodeCard };
const edgeTypes = { back: BackEdge };
const fitting = { padding: 0.12, maxZoom: 1 };

export function FlowCanvas({ model, selection, onSelection, onPick, editing, children }: FlowCanvasProps) {
  const { t } = useTranslation();
  const scheme = useComputedColorScheme('light');
  const { screenToFlowPosition } = useReactFlow();
  const [drawn, setDrawn] = useState({ from: model.nodes, nodes: flowNodes(model.nodes, []) });
  if (drawn.from !== model.nodes) setDrawn({ from: model.nodes, nodes: flowNodes(model.nodes, drawn.nodes) });

  // On an empty canvas the first node stays where it was dropped.
  const [fitAtFirst] = useState(() => drawn.nodes.length > 0);

  const nodes = useMemo(
    () => drawn.nodes.map((node) => (node.selected === selection.has(node.id) ? node : { ...node, selected: selection.has(node.id) })),
    [drawn.nodes, selection],
  );
  const { nodes: graphNodes, connections, states } = model;
  const turns = turnsOf({ nodes: graphNodes, connections });
  const edges = useMemo(() => flowEdges(connections, turns, selection, states), [connections, turns, selection, states]);

  const drawnModel = useMemo(() => ({ ...model, iterations: iterationsOf(model.states ?? {}) }), [model]);

  const select = (changes: (NodeChange | EdgeChange)[]) => {
    const picked = changes.filter((change) => change.type === 'select');
    if (picked.length === 0) return;
    onSelection((before) => {
      const after = new Set(before);
      for (const change of picked) {
        if (change.selected) after.add(change.id);
        else after.delete(change.id);
      }
      return after;
    });
  };

  const onNodesChange = (changes: NodeChange[]) => {
    select(changes);
    const shown = changes.filter((change) => change.type === 'dimensions' || change.type === 'position');
    if (shown.length > 0) setDrawn((before) => ({ ...before, nodes: applyNodeChanges(shown, before.nodes) }));
    // While a node is dragged only the drawing moves; where it comes to rest is the change.
    const rested = shown.flatMap((change) =>
      change.type === 'position' && change.dragging === false && change.position ? [[change.id, change.position] as const] : [],
    );
    if (rested.length > 0) editing?.onMove(Object.fromEntries(rested));
  };

  const onConnectEnd = (_event: MouseEvent | TouchEvent, { isValid, fromHandle, toHandle }: FinalConnectionState) => {
    if (isValid || !fromHandle || !toHandle || fromHandle.type === toHandle.type) return;
    const [out, into] = fromHandle.type === 'source' ? [fromHandle, toHandle] : [toHandle, fromHandle];
    const refusal = editing?.refusalOf(endsOf({ source: out.nodeId, sourceHandle: out.id, target: into.nodeId, targetHandle: into.id }));
    if (refusal) editing?.onRefused(refusal);
  };

  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    const type = event.dataTransfer.getData(dragType);
    if (type !== '') editing?.onDrop(type, screenToFlowPosition({ x: event.clientX - 118, y: event.clientY - 28 }));
  };

  return (
    <FlowModelContext value={drawnModel}>
      <ReactFlow
        className={classes.canvas}
        colorMode={scheme}
        aria-label={t('designer.canvas')}
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onNodesChange={onNodesChange}
        onEdgesChange={select}
        onNodeClick={onPick}
        onDelete={({ nodes: gone, edges: cut }) =>
          editing?.onRemove(
            gone.map((node) => node.id),
            cut.map((edge) => edge.id),
          )
        }
        onConnect={(connection) => editing?.onConnect(endsOf(connection))}
        isValidConnection={(connection) => editing?.refusalOf(endsOf(connection)) === undefined}
        onConnectEnd={onConnectEnd}
        onDrop={onDrop}
        onDragOver={(event) => event.preventDefault()}
        nodesDraggable={editing !== undefined}
        nodesConnectable={editing !== undefined}
        deleteKeyCode={editing ? ['Delete', 'Backspace'] : null}
        multiSelectionKeyCode={['Shift', 'Control', 'Meta']}
        selectionKeyCode="Shift"
        fitView={fitAtFirst}
        fitViewOptions={fitting}
        minZoom={0.2}
        maxZoom={1.75}
        snapToGrid
        snapGrid={[8, 8]}
        proOptions={{ hideAttribution: false }}
      >
        <Background variant={BackgroundVariant.Dots} gap={24} size={1.4} />
        <Controls showInteractive={false} fitViewOptions={fitting} />
        <MiniMap pannable zoomable style={{ width: 150, height: 100 }} className={classes.map} nodeBorderRadius={12} />
        {children}
      </ReactFlow>
    </FlowModelContext>
  );
}
