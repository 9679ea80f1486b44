import { Drawer } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { WorkflowSummary } from '@/api/types';
import { Shares } from './shares';

export type Shared = Pick<WorkflowSummary, 'workflow_id' | 'name' | 'community_id'>;

/** Shares a workflow with other communities. */
export function SharingDrawer({ workflow, onClose }: { workflow: Shared; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      title={t('sharing.of', { name: workflow.name })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
      styles={{ title: { overflowWrap: 'anywhere' } }}
    >
      <Shares workflow={workflow} />
    </Drawer>
  );
}
