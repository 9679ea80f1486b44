import { useTranslation } from 'react-i18next';
import type { ApprovalStatus, ExecutionStatus, NodeStatus, WorkflowStatus } from '@/api/types';
import classes from './status-badge.module.css';

export type Status = ExecutionStatus | NodeStatus | WorkflowStatus | ApprovalStatus;

export function StatusBadge({ status, testId = 'status' }: { status: Status; testId?: string }) {
  const { t } = useTranslation();
  return (
    <span className={classes.badge} data-status={status} data-testid={testId}>
      {t(`status.${status}`)}
    </span>
  );
}
