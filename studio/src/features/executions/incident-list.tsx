import { Badge, Button, Group, Stack, Text, UnstyledButton } from '@mantine/core';
import { IconShieldCheck } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { incidentsQuery } from '@/api/executions';
import type { Incident } from '@/api/types';
import { placeOf } from '@/canvas/run';
import { Ago } from '@/components/ago';
import { EmptyState } from '@/components/empty-state';
import { ErrorNotice } from '@/components/error-notice';
import { Loading } from '@/components/page';
import classes from './execution-page.module.css';

interface IncidentListProps {
  executionId: string;
  live: boolean;
  labelOf: (nodeId: string) => string;
  /** With the event that ended the run that failed. */
  onSelect: (nodeId: string, seq?: number) => void;
}

const colors = { retried: 'yellow', handled: 'blue', ignored: 'gray', failed: 'red' } as const satisfies Record<Incident['outcome'], string>;

/** The incidents of an execution and their outcomes. */
export function IncidentList({ executionId, live, labelOf, onSelect }: IncidentListProps) {
  const { t } = useTranslation();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    ...incidentsQuery(executionId),
    refetchInterval: live && 3_000,
  });
  if (error) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  const incidents = data.pages.flatMap((page) => page.incidents);
  if (incidents.length === 0 && !hasNextPage) return <EmptyState icon={IconShieldCheck} title={t('incidents.none')} text={t('incidents.noneText')} />;
  return (
    <Stack gap={4}>
      {incidents.map((incident) => (
        <IncidentRow key={`${incident.seq} ${incident.node_id ?? ''}`} incident={incident} labelOf={labelOf} onSelect={onSelect} />
      ))}
      {hasNextPage && (
        <Button variant="subtle" size="xs" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t('common.more')}
        </Button>
      )}
    </Stack>
  );
}

function IncidentRow({ incident, labelOf, onSelect }: Pick<IncidentListProps, 'labelOf' | 'onSelect'> & { incident: Incident }) {
  const { t } = useTranslation();
  const { code, message, attempt, at, outcome, scope } = incident;
  const node = incident.node_id ?? undefined;
  return (
    <UnstyledButton
      className={classes.incident}
      disabled={node === undefined}
      onClick={() => node !== undefined && onSelect(node, outcome === 'retried' ? undefined : incident.seq)}
      data-testid="incident"
      data-node={node}
      data-outcome={outcome}
    >
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Text size="sm" fw={550} truncate>
          {node === undefined ? t('incidents.execution') : labelOf(node)}
        </Text>
        <Badge color={colors[outcome]} style={{ flex: 'none' }}>
          {t(`incidents.outcomes.${outcome}`)}
        </Badge>
      </Group>
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        {message}
      </Text>
      <Text size="xs" c="var(--sf-muted)">
        <span className="mono">{code}</span> · {attempt > 0 && `${t('inspector.attempt', { attempt })} · `}
        {scope !== '' && `${placeOf(scope)} · `}
        <Ago at={at} />
      </Text>
    </UnstyledButton>
  );
}
