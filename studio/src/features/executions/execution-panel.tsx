import { Alert, Button, Group, Stack, Tabs, Text, Title, UnstyledButton } from '@mantine/core';
import { IconChevronLeft, IconRefresh } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Execution, NodeState } from '@/api/types';
import { stepsOf } from '@/canvas/run';
import { JsonBlock } from '@/components/code-block';
import { RunInspector } from '@/components/run/run-inspector';
import { WaitsUntil } from '@/components/run/waits-until';
import { StatusBadge } from '@/components/status-badge';
import { formatSeconds } from '@/lib/format';
import classes from './execution-page.module.css';
import { IncidentList } from './incident-list';
import { LogList } from './log-list';
import { Relatives } from './relatives';
import { isStart } from './retry-dialog';

interface ExecutionPanelProps {
  execution: Execution;
  live: boolean;
  selected: string | undefined;
  /** With the event that ended the run to show, where it isn't the last one. */
  onSelect: (nodeId: string | undefined, seq?: number) => void;
  seq: number | undefined;
  onRetry: (from: string) => void;
}

export function ExecutionPanel({ execution, live, selected, seq, onSelect, onRetry }: ExecutionPanelProps) {
  const { t } = useTranslation();
  const labelOf = (id: string) => execution.definition.nodes[id]?.label || id;
  if (selected !== undefined) {
    const state = execution.node_states[selected];
    return (
      <Stack gap="sm">
        <Button
          variant="subtle"
          size="compact-sm"
          w="fit-content"
          leftSection={<IconChevronLeft size={15} aria-hidden />}
          onClick={() => onSelect(undefined)}
        >
          {t('executions.overview')}
        </Button>
        <Title order={2}>{labelOf(selected)}</Title>
        <RunInspector key={`${selected} ${seq ?? ''}`} execution={execution} nodeId={selected} seq={seq} />
        {!live && state && isStart(state) && execution.allowed_actions.includes('retry') && (
          <Button
            variant="default"
            size="xs"
            w="fit-content"
            leftSection={<IconRefresh size={15} aria-hidden />}
            onClick={() => onRetry(selected)}
            data-testid="retry-from-here"
          >
            {t('retry.fromHere')}
          </Button>
        )}
      </Stack>
    );
  }
  const shared = { executionId: execution.execution_id, live, labelOf };
  const incidents = execution.incidents.length;
  return (
    <Stack gap="md">
      {execution.error_message && (
        <Alert
          color="red"
          title={execution.error_node_id ? t('executions.failedAt', { node: labelOf(execution.error_node_id) }) : undefined}
          data-testid="execution-error"
        >
          {execution.error_message}
        </Alert>
      )}
      <Relatives execution={execution} />
      <Tabs defaultValue="timeline" keepMounted={false} classNames={{ tab: classes.tab }}>
        <Tabs.List mb="sm">
          <Tabs.Tab value="timeline">{t('executions.timeline')}</Tabs.Tab>
          <Tabs.Tab value="incidents" c={incidents > 0 ? 'red' : undefined} data-testid="tab-incidents">
            {incidents > 0 ? t('incidents.titleCount', { count: incidents }) : t('incidents.title')}
          </Tabs.Tab>
          {execution.allowed_actions.includes('read_logs') && (
            <Tabs.Tab value="logs" data-testid="tab-logs">
              {t('inspector.logs')}
            </Tabs.Tab>
          )}
          <Tabs.Tab value="input">{t('executions.input')}</Tabs.Tab>
          <Tabs.Tab value="output">{t('executions.output')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="timeline">
          <Timeline execution={execution} labelOf={labelOf} onSelect={onSelect} />
        </Tabs.Panel>
        <Tabs.Panel value="incidents">
          <IncidentList {...shared} onSelect={onSelect} />
        </Tabs.Panel>
        <Tabs.Panel value="logs">
          <LogList {...shared} />
        </Tabs.Panel>
        <Tabs.Panel value="input">
          <JsonBlock value={execution.input ?? null} testId="execution-input" />
        </Tabs.Panel>
        <Tabs.Panel value="output">
          <JsonBlock value={execution.final_output ?? null} testId="execution-output" />
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}

interface TimelineProps {
  execution: Execution;
  labelOf: (id: string) => string;
  onSelect: (nodeId: string) => void;
}

function Timeline({ execution, labelOf, onSelect }: TimelineProps) {
  const { t } = useTranslation();
  const steps = stepsOf(execution);
  const typeOf = (id: string) => execution.definition.nodes[id]?.node_type;
  if (steps.length === 0) return <Text size="sm" c="var(--sf-muted)">{t('executions.notStarted')}</Text>; // prettier-ignore
  return (
    <div>
      {steps.map((state) => (
        <UnstyledButton
          key={state.node_id}
          className={classes.step}
          onClick={() => onSelect(state.node_id)}
          data-testid="timeline-step"
          data-node={state.node_id}
        >
          <span className={classes.name}>
            <Text size="sm" fw={550} truncate>
              {labelOf(state.node_id)}
              {state.runs > 1 && <span className="muted"> ×{state.runs}</span>}
              {state.runs > 1 && state.failed_runs > 0 && (
                <Text span size="xs" fw={600} c="var(--sf-failed)" ml={6} data-testid="step-failures">
                  {t('runs.failed', { count: state.failed_runs })}
                </Text>
              )}
            </Text>
            <Text size="xs" c="var(--sf-muted)" truncate>
              {state.status === 'waiting' ? (
                <WaitsUntil type={typeOf(state.node_id)} state={state} />
              ) : (
                (state.error?.message ?? (state.port && t('inspector.port', { port: state.port })))
              )}
            </Text>
          </span>
          <Group gap={10}>
            <Text size="xs" c="var(--sf-muted)">
              {durationOf(state)}
            </Text>
            <StatusBadge status={state.status} />
          </Group>
        </UnstyledButton>
      ))}
    </div>
  );
}

function durationOf({ started_at, completed_at }: NodeState): string {
  return started_at && completed_at ? formatSeconds((Date.parse(completed_at) - Date.parse(started_at)) / 1000) : '';
}
