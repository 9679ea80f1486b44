import type { Workflow, WorkflowSummary } from '@/api/types';

type Action = NonNullable<WorkflowSummary['allowed_actions']>[number];

/** Whether whoever is signed in may do this to a workflow, as the server says. */
export const allows = (workflow: Pick<Workflow, 'allowed_actions'>, action: Action): boolean => workflow.allowed_actions?.includes(action) === true;

/** Why somebody can look at a workflow but not change it; nothing if they can. */
export function lockOf(workflow: Workflow): 'archived' | 'shared' | 'role' | undefined {
  if (workflow.status === 'archived') return 'archived';
  if (workflow.read_only) return 'shared';
  return allows(workflow, 'update') ? undefined : 'role';
}
