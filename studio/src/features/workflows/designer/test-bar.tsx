import { Button, CloseButton, Text } from '@mantine/core';
import { IconFlask } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { TestedWorkflow } from '@/api/types';
import { StatusBadge } from '@/components/status-badge';
import { formatSeconds } from '@/lib/format';
import classes from './designer.module.css';

interface TestBarProps {
  result: TestedWorkflow;
  onAgain: () => void;
  onClose: () => void;
}

/** How a test went, in one line. */
export function TestBar({ result: { status, summary, error_message }, onAgain, onClose }: TestBarProps) {
  const { t } = useTranslation();
  const { nodes_executed, nodes_failed, total_duration } = summary;
  const facts = [
    t('test.nodes', { count: nodes_executed }),
    nodes_failed > 0 && t('test.failed', { count: nodes_failed }),
    t('test.duration', { duration: formatSeconds(total_duration) }),
  ].filter((fact) => typeof fact === 'string');
  return (
    <div className={classes.run} role="status" data-testid="test-bar" data-status={status} data-passed={summary.passed}>
      <IconFlask size={17} color="var(--sf-muted)" aria-hidden />
      <StatusBadge status={status} testId="test-status" />
      <Text size="xs" c="var(--sf-muted)" truncate title={error_message ?? undefined}>
        {error_message ?? facts.join(' · ')}
      </Text>
      <Button size="compact-sm" variant="subtle" onClick={onAgain} data-testid="test-again">
        {t('test.again')}
      </Button>
      <CloseButton size="sm" onClick={onClose} aria-label={t('test.close')} data-testid="test-close" />
    </div>
  );
}
