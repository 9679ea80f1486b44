import { ActionIcon, Button, Group, Text, Tooltip } from '@mantine/core';
import { IconChevronLeft, IconRefresh } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { ReactFlowProvider } from '@xyflow/react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { activitiesQuery } from '@/api/activities';
import { cancelExecution } from '@/api/executions';
import type { Execution } from '@/api/types';
import { Ago } from '@/components/ago';
import { ErrorNotice } from '@/components/error-notice';
import { FlowCanvas, type Selection } from '@/components/flow/flow-canvas';
import type { FlowModel } from '@/components/flow/model';
import { ButtonLink } from '@/components/links';
import { Loading } from '@/components/page';
import { useLiveExecution } from '@/components/run/use-live-execution';
import { StatusBadge } from '@/components/status-badge';
import { formatSeconds } from '@/lib/format';
import { ExecutionPanel } from './execution-panel';
import classes from './execution-page.module.css';
import { RetryDialog } from './retry-dialog';

const route = getRouteApi('/shell/executions/$executionId');

export function ExecutionPage() {
  const { executionId } = route.useParams();
  const { execution, error, refetch, live, lost } = useLiveExecution(executionId);
  if (!execution) {
    return error ? (
      <div style={{ padding: 32 }}>
        <ErrorNotice error={error} onRetry={() => void refetch()} />
      </div>
    ) : (
      <Loading />
    );
  }
  return (
    <ReactFlowProvider key={executionId}>
      <ExecutionView execution={execution} live={live} lost={lost} />
    </ReactFlowProvider>
  );
}

interface ExecutionViewProps {
  execution: Execution;
  live: boolean;
  lost: boolean;
}

function ExecutionView({ execution, live, lost }: ExecutionViewProps) {
  const { data: activities } = useQuery(activitiesQuery);
  const [selection, setSelection] = useState<Selection>(new Set());
  const [seq, setSeq] = useState<number>();
  const [retrying, setRetrying] = useState<{ from?: string }>();
  const { nodes, connections } = execution.definition;
  const model = useMemo<FlowModel>(
    () => ({
      nodes,
      connections,
      catalog: new Map(activities?.map((activity) => [activity.type, activity])),
      problems: {},
      states: execution.node_states,
    }),
    [nodes, connections, activities, execution.node_states],
  );
  const selected = [...selection].find((id) => id in nodes);
  return (
    <div className={classes.page}>
      <Header execution={execution} live={live} lost={lost} onRetry={() => setRetrying({})} />
      <div className={classes.body}>
        <div className={classes.stage} data-testid="canvas">
          <FlowCanvas
            model={model}
            selection={selection}
            onSelection={(change) => {
              setSelection(change);
              setSeq(undefined);
            }}
          />
        </div>
        <aside className={classes.side}>
          <ExecutionPanel
            execution={execution}
            live={live}
            selected={selected}
            seq={seq}
            onSelect={(id, run) => {
              setSelection(new Set(id === undefined ? [] : [id]));
              setSeq(run);
            }}
            onRetry={(from) => setRetrying({ from })}
          />
        </aside>
      </div>
      {retrying && <RetryDialog execution={execution} from={retrying.from} onClose={() => setRetrying(undefined)} />}
    </div>
  );
}

function Header({ execution, live, lost, onRetry }: ExecutionViewProps & { onRetry: () => void }) {
  const { t } = useTranslation();
  const cancel = useMutation({ mutationFn: () => cancelExecution(execution.execution_id) });
  const seconds = execution.execution_time_seconds;
  const may = (action: Execution['allowed_actions'][number]) => execution.allowed_actions.includes(action);
  const facts = [
    t('workflows.versionNumber', { version: execution.version }),
    t(`trigger.${execution.trigger}`),
    typeof seconds === 'number' && formatSeconds(seconds),
    lost && t('run.lost'),
  ].filter((fact) => typeof fact === 'string');
  return (
    <header className={classes.bar}>
      <Tooltip label={t('executions.all')}>
        <ActionIcon component={Link} to="/executions" variant="subtle" color="gray" aria-label={t('executions.all')}>
          <IconChevronLeft size={20} />
        </ActionIcon>
      </Tooltip>
      <div className={classes.title}>
        <Group gap="sm" wrap="nowrap">
          <Text component="h1" fw={650} fz={15} truncate>
            {execution.workflow_name}
          </Text>
          <StatusBadge status={execution.status} testId="execution-status" />
        </Group>
        <Text size="xs" c="var(--sf-muted)" truncate>
          {facts.join(' · ')} · <Ago at={execution.start_time} />
        </Text>
      </div>
      {!live && may('retry') && (
        <Button variant="light" leftSection={<IconRefresh size={16} aria-hidden />} onClick={onRetry} data-testid="retry">
          {t('retry.button')}
        </Button>
      )}
      {live && may('cancel') && (
        <Button variant="light" color="red" loading={cancel.isPending} onClick={() => cancel.mutate()} data-testid="cancel-execution">
          {t('run.cancel')}
        </Button>
      )}
      <ButtonLink to="/workflows/$workflowId" params={{ workflowId: execution.workflow_id }} variant="default">
        {t('executions.openWorkflow')}
      </ButtonLink>
    </header>
  );
}
