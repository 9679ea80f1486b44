import type { components } from '@/api/schema';
import type { Connection, Node, Workflow, WorkflowSettings } from '@/api/types';

/** The part of a workflow that the designer edits and a save writes. It is never changed in place. */
export interface Draft {
  readonly name: string;
  readonly description: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly settings: WorkflowSettings;
  readonly nodes: Readonly<Record<string, Node>>;
  readonly connections: readonly Connection[];
}

export function draftOf(workflow: Workflow): Draft {
  return {
    name: workflow.name,
    description: workflow.description ?? '',
    variables: workflow.global_variables,
    settings: workflow.settings,
    nodes: workflow.nodes,
    connections: workflow.connections,
  };
}

/** Fields left empty are left out, so that the server applies its defaults instead of reading an empty value. */
function withoutGaps(node: Node): Node {
  const kept = Object.entries(node.config).filter(([, value]) => value !== undefined && value !== '');
  return { ...node, config: Object.fromEntries(kept) };
}

export function bodyOf(draft: Draft): components['schemas']['UpdateWorkflowRequest'] {
  return {
    name: draft.name.trim(),
    description: draft.description,
    nodes: Object.fromEntries(Object.entries(draft.nodes).map(([id, node]) => [id, withoutGaps(node)])),
    connections: [...draft.connections],
    global_variables: { ...draft.variables },
    settings: draft.settings,
  };
}
