import { useMutation, useQueryClient } from '@tanstack/react-query';
import { pauseWorkflow } from '@/api/workflows';

/** Pauses or resumes a workflow. */
export function usePause(workflowId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (paused: boolean) => pauseWorkflow(workflowId, paused),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['workflows'] }),
  });
}
