import { api, unwrapData } from './client';
import type { components } from './schema';

/** Runs the stored draft without any effect. */
export const testWorkflow = (workflowId: string, body: components['schemas']['TestWorkflowRequest']) =>
  unwrapData(api.POST('/api/v1/workflows/{workflow_id}/test', { params: { path: { workflow_id: workflowId } }, body }));
