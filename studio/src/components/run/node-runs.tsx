import { Button, SegmentedControl, Stack, Text, UnstyledButton } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { nodeRunsQuery } from '@/api/executions';
import type { NodeRun, NodeState } from '@/api/types';
import { isOver, placeOf } from '@/canvas/run';
import { ErrorNotice } from '@/components/error-notice';
import { StatusBadge } from '@/components/status-badge';
import classes from './node-runs.module.css';

interface NodeRunsProps {
  executionId: string;
  state: NodeState;
  /** The run that is shown; the last one unless chosen. */
  chosen: number | undefined;
  onChoose: (seq: number | undefined) => void;
}

/** The runs of a node in a loop, those that failed first: the last one alone would hide them. */
export function NodeRuns({ executionId, state: { node_id, runs, failed_runs, status }, chosen, onChoose }: NodeRunsProps) {
  const { t } = useTranslation();
  const [which, setWhich] = useState<'failed' | 'all'>(failed_runs > 0 ? 'failed' : 'all');
  const query = nodeRunsQuery(executionId, node_id, which === 'failed' ? 'failed' : undefined);
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    ...query,
    // Asking again asks for every page that was loaded: whoever reads on in a long list has what they need.
    refetchInterval: ({ state }) => !isOver(status) && (state.data?.pages.length ?? 0) < 2 && 3_000,
  });
  const shown = data?.pages.flatMap((page) => page.runs) ?? [];
  const pick = (value: string) => {
    setWhich(value === 'failed' ? 'failed' : 'all');
    onChoose(undefined);
  };
  return (
    <Stack gap={6} component="section" aria-label={t('runs.title')} data-testid="node-runs">
      <SegmentedControl
        size="xs"
        value={which}
        onChange={pick}
        data={[
          { value: 'failed', label: t('runs.failed', { count: failed_runs }) },
          { value: 'all', label: t('runs.all', { count: runs }) },
        ]}
      />
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      <div className={classes.list}>
        {shown.map((run) => (
          <RunRow key={run.seq} run={run} current={run.seq === chosen} onChoose={() => onChoose(run.seq)} />
        ))}
        {data && shown.length === 0 && (
          <Text size="sm" c="var(--sf-muted)" p={6}>
            {t('runs.none')}
          </Text>
        )}
        {hasNextPage && (
          <Button variant="subtle" size="xs" loading={isFetchingNextPage} onClick={() => void fetchNextPage()} data-testid="more-runs">
            {t('common.more')}
          </Button>
        )}
      </div>
    </Stack>
  );
}

function RunRow({ run: { scope, run, status, error }, current, onChoose }: { run: NodeRun; current: boolean; onChoose: () => void }) {
  const { t } = useTranslation();
  return (
    <UnstyledButton
      className={classes.row}
      aria-current={current || undefined}
      onClick={onChoose}
      data-testid="node-run-row"
      data-status={status}
      data-scope={scope}
    >
      <StatusBadge status={status} />
      <Text size="sm" fw={550} className={classes.place}>
        {scope === '' ? t('runs.number', { number: run }) : placeOf(scope)}
      </Text>
      <Text size="xs" c="var(--sf-muted)" truncate>
        {error?.message}
      </Text>
    </UnstyledButton>
  );
}
