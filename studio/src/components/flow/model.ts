import { createContext, useContext } from 'react';
import type { Activity, Connection, Node, NodeState } from '@/api/types';
import type { Problem } from '@/canvas/problems';

/** The data that a node card shows. Its position is kept elsewhere. */
export interface FlowModel {
  nodes: Readonly<Record<string, Node>>;
  connections: readonly Connection[];
  catalog: ReadonlyMap<string, Activity>;
  problems: Readonly<Record<string, Problem[]>>;
  /** Of the execution being watched; nothing while only editing. */
  states?: Readonly<Record<string, NodeState>>;
  /** Nodes whose output is pinned for dry-runs. */
  pinned?: ReadonlySet<string>;
}

/** The model with what follows from it. */
interface DrawnModel extends FlowModel {
  /** How many iterations each loop has begun. */
  iterations: Readonly<Record<string, number>>;
}

export const FlowModelContext = createContext<DrawnModel | undefined>(undefined);

export function useFlowModel(): DrawnModel {
  const model = useContext(FlowModelContext);
  if (!model) throw new Error('Node cards need a FlowCanvas around them.');
  return model;
}
