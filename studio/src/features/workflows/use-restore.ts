import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { webhooksQuery } from '@/api/webhooks';
import { restoreWorkflow } from '@/api/workflows';
import { notifyDone, notifyRefused } from '@/lib/notify';

/** Puts an archived workflow back into use. */
export function useRestore(workflowId: string, onDone?: () => void) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => restoreWorkflow(workflowId),
    onSuccess: async ({ webhooks }) => {
      await Promise.all([
        queryClient.invalidateQueries({ queryKey: ['workflows'] }),
        queryClient.invalidateQueries({ queryKey: webhooksQuery(workflowId).queryKey }),
      ]);
      if (webhooks.length > 0) notifyRefused(t('archive.newAddresses', { count: webhooks.length }));
      else notifyDone(t('archive.restored'));
      onDone?.();
    },
  });
}
