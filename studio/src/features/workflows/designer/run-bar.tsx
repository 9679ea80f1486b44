import { Button, CloseButton, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { cancelExecution, isActive } from '@/api/executions';
import type { Execution } from '@/api/types';
import { ButtonLink } from '@/components/links';
import { StatusBadge } from '@/components/status-badge';
import classes from './designer.module.css';

interface RunBarProps {
  execution: Execution;
  lost: boolean;
  onClose: () => void;
}

const over = new Set(['completed', 'failed', 'skipped', 'cancelled']);

export function RunBar({ execution, lost, onClose }: RunBarProps) {
  const { t } = useTranslation();
  const cancel = useMutation({ mutationFn: () => cancelExecution(execution.execution_id) });
  const done = Object.values(execution.node_states).filter((state) => over.has(state.status)).length;
  const total = Object.keys(execution.definition.nodes).length;
  return (
    <div className={classes.run} role="status" data-testid="run-bar" data-status={execution.status} data-execution={execution.execution_id}>
      <StatusBadge status={execution.status} testId="execution-status" />
      <Text size="xs" c="var(--sf-muted)" truncate>
        {lost ? t('run.lost') : (execution.error_message ?? t('run.progress', { done, total }))}
      </Text>
      {isActive(execution.status) && execution.allowed_actions.includes('cancel') && (
        <Button
          size="compact-sm"
          variant="light"
          color="red"
          loading={cancel.isPending}
          onClick={() => cancel.mutate()}
          data-testid="cancel-execution"
        >
          {t('run.cancel')}
        </Button>
      )}
      <ButtonLink to="/executions/$executionId" params={{ executionId: execution.execution_id }} size="compact-sm" variant="subtle">
        {t('run.details')}
      </ButtonLink>
      <CloseButton size="sm" onClick={onClose} aria-label={t('run.close')} />
    </div>
  );
}
