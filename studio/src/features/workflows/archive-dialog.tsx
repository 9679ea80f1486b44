import { List, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { WorkflowSummary } from '@/api/types';
import { archiveWorkflow } from '@/api/workflows';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { notifyUndoable } from '@/lib/notify';
import { useRestore } from './use-restore';

/** Says what archiving means before it is done, and offers a way back after it. */
export function ArchiveDialog({ workflow: { workflow_id, name, published_version }, onClose }: { workflow: WorkflowSummary; onClose: () => void }) {
  const { t } = useTranslation();
  const restore = useRestore(workflow_id);
  const live = published_version !== null;
  return (
    <ConfirmDialog
      title={t('archive.title', { name })}
      text={
        <Stack gap="xs">
          {live && (
            <List size="sm" spacing={4}>
              <List.Item>{t('archive.starts')}</List.Item>
              <List.Item>{t('archive.webhooks')}</List.Item>
              <List.Item>{t('archive.running')}</List.Item>
            </List>
          )}
          <Text size="sm">{t('archive.back')}</Text>
        </Stack>
      }
      action={t('workflows.archive')}
      onConfirm={() => archiveWorkflow(workflow_id)}
      touched={[['workflows'], ['webhooks']]}
      onClose={onClose}
      onDone={() => {
        onClose();
        notifyUndoable(t('archive.done', { name }), t('archive.undo'), () => restore.mutate());
      }}
    />
  );
}
