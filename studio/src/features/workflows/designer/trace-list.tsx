import { Button, Group, Text, UnstyledButton } from '@mantine/core';
import { IconPinnedFilled } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TestedWorkflow } from '@/api/types';
import type { Draft } from '@/canvas/draft';
import { placeOf } from '@/canvas/run';
import { wouldLine } from '@/canvas/trace';
import { StatusBadge } from '@/components/status-badge';
import { formatSeconds } from '@/lib/format';
import classes from './designer.module.css';

interface TraceListProps {
  result: TestedWorkflow;
  nodes: Draft['nodes'];
  /** The entry that is shown beside. */
  shown: number | undefined;
  onShow: (entry: number) => void;
}

const step = 100;

/** The node runs of a test in order, with the effects that they would have had. */
export function TraceList({ result: { trace, trace_truncated, trace_entries }, nodes, shown, onShow }: TraceListProps) {
  const { t } = useTranslation();
  const [length, setLength] = useState(step);
  return (
    <section className={classes.problems} aria-label={t('test.trace')} data-testid="trace">
      <Text size="sm" fw={620} px="md" py={6}>
        {trace_truncated ? t('test.truncated', { shown: trace.length, count: trace_entries }) : t('test.entries', { count: trace_entries })}
      </Text>
      <ol className={classes.problemRows}>
        {trace.slice(0, length).map(({ node_id, status, scope, port, would, error, pinned, duration_seconds }, index) => (
          <li key={index}>
            <UnstyledButton
              className={classes.problem}
              onClick={() => onShow(index)}
              aria-current={index === shown || undefined}
              data-testid="trace-entry"
              data-node={node_id}
            >
              <Text size="sm" fw={550} w={190} truncate>
                {nodes[node_id]?.label || node_id}
              </Text>
              <span className={classes.traceStatus}>
                <StatusBadge status={status} testId="trace-status" />
              </span>
              {pinned && <IconPinnedFilled size={14} color="var(--sf-pinned)" role="img" aria-label={t('pin.card')} />}
              <Text size="xs" c="var(--sf-muted)" flex={1} truncate>
                {[placeOf(scope), error?.message ?? wouldLine(would), port && t('inspector.port', { port })].filter(Boolean).join(' · ')}
              </Text>
              <Text size="xs" c="var(--sf-muted)">
                {formatSeconds(duration_seconds)}
              </Text>
            </UnstyledButton>
          </li>
        ))}
        {trace.length > length && (
          <Group component="li" justify="center" py={4}>
            <Button variant="subtle" size="compact-xs" onClick={() => setLength((before) => before + step)}>
              {t('common.more')}
            </Button>
          </Group>
        )}
      </ol>
    </section>
  );
}
