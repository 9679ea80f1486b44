import { Tooltip } from '@mantine/core';
import { IconAlertCircleFilled, IconAlertTriangleFilled, IconPinnedFilled } from '@tabler/icons-react';
import { Handle, Position, type Node as FlowNode, type NodeProps } from '@xyflow/react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Activity, Node, NodeState } from '@/api/types';
import { portsOf, type Ports } from '@/canvas/ports';
import type { Problem } from '@/canvas/problems';
import { placeOf } from '@/canvas/run';
import { summaryOf } from '@/canvas/summary';
import { WaitsUntil } from '@/components/run/waits-until';
import { StatusBadge } from '@/components/status-badge';
import { ActivityIcon } from './activity-icon';
import { useFlowModel } from './model';
import classes from './node-card.module.css';

/** Finds what a card shows; the card itself renders only when that has changed. */
export function NodeCard({ id, selected }: NodeProps<FlowNode>) {
  const { nodes, connections, catalog, problems, states, pinned, iterations } = useFlowModel();
  const node = nodes[id];
  if (!node) return null;
  const activity = catalog.get(node.node_type);
  const { inputs, outputs } = portsOf(id, node, activity, connections);
  return (
    <Card
      id={id}
      node={node}
      activity={activity}
      inputs={inputs.join('\n')}
      outputs={outputs.join('\n')}
      problems={problems[id]}
      state={states && (states[id] ?? pending)}
      iterations={iterations[id]}
      pinned={pinned?.has(id) ?? false}
      selected={selected}
    />
  );
}

type CardState = Pick<NodeState, 'status' | 'port' | 'runs' | 'scope' | 'failed_runs' | 'waiting_until'>;

const pending: CardState = { status: 'pending', runs: 0, failed_runs: 0, scope: '' };

interface CardProps {
  id: string;
  node: Node;
  activity: Activity | undefined;
  /** Names by lines: equal texts compare equal. */
  inputs: string;
  outputs: string;
  problems: Problem[] | undefined;
  state: CardState | undefined;
  /** Of a loop: how many have begun. */
  iterations: number | undefined;
  pinned: boolean;
  selected: boolean;
}

const Card = memo(function Card({ id, node, activity, inputs, outputs, problems, state, iterations, pinned, selected }: CardProps) {
  const { t } = useTranslation();
  const names = (text: string) => (text === '' ? [] : text.split('\n'));
  return (
    <div
      className={classes.card}
      data-testid={`node-${id}`}
      data-state={state?.status}
      data-selected={selected || undefined}
      data-off={node.enabled === false || undefined}
    >
      <div className={classes.head}>
        <ActivityIcon activity={activity} />
        <div className={classes.names}>
          <div className={classes.label}>{node.label || id}</div>
          <div className={classes.type}>{activity?.display_name ?? node.node_type}</div>
        </div>
        {pinned && (
          <Tooltip label={t('pin.card')}>
            <span className={classes.pin} role="img" aria-label={t('pin.card')} data-testid={`pinned-${id}`}>
              <IconPinnedFilled size={16} />
            </span>
          </Tooltip>
        )}
        {problems && <ProblemMark problems={problems} />}
      </div>
      <Summary node={node} activity={activity} />
      {node.enabled === false && <div className={classes.off}>{t('node.disabled')}</div>}
      <PortRows id={id} ports={{ inputs: names(inputs), outputs: names(outputs) }} taken={state?.port} />
      {state && (
        <div className={classes.state} data-testid="node-status" data-status={state.status} data-node={id}>
          <StatusBadge status={state.status} testId="node-status-text" />
          <Runs id={id} state={state} iterations={iterations} />
          {(state.status === 'waiting' || state.failed_runs > 0) && (
            <span className={classes.more}>
              <WaitsUntil type={node.node_type} state={state} />
              {state.failed_runs > 0 && state.runs > 1 && (
                <span className={classes.failed} data-testid={`failed-runs-${id}`}>
                  {t('runs.failed', { count: state.failed_runs })}
                </span>
              )}
            </span>
          )}
        </div>
      )}
    </div>
  );
});

/** How often a node ran, and of a loop how many iterations have begun. */
function Runs({ id, state: { runs, scope }, iterations }: { id: string; state: CardState; iterations: number | undefined }) {
  const { t } = useTranslation();
  if (iterations !== undefined) {
    return (
      <span className={classes.runs} data-testid={`iterations-${id}`}>
        {t('node.iterations', { count: iterations })}
      </span>
    );
  }
  if (runs < 2) return null;
  return (
    <Tooltip label={scope ? t('node.runsIn', { count: runs, scope: placeOf(scope) }) : t('node.runs', { count: runs })}>
      <span className={classes.runs} data-testid={`runs-${id}`}>
        ×{runs}
      </span>
    </Tooltip>
  );
}

function Summary({ node, activity }: { node: Node; activity: Activity | undefined }) {
  const { t } = useTranslation();
  if (!activity) return <div className={classes.unknown}>{t('node.unknown')}</div>;
  const summary = summaryOf(node, activity);
  return summary === '' ? null : <div className={classes.summary}>{summary}</div>;
}

function ProblemMark({ problems }: { problems: Problem[] }) {
  const { t } = useTranslation();
  const failing = problems.some((problem) => problem.severity === 'error');
  const Mark = failing ? IconAlertCircleFilled : IconAlertTriangleFilled;
  return (
    <Tooltip multiline maw={320} label={problems.map((problem) => problem.message).join('\n')} style={{ whiteSpace: 'pre-line' }}>
      <span
        className={classes.mark}
        data-severity={failing ? 'error' : 'warning'}
        role="img"
        aria-label={t('node.errors', { count: problems.length })}
        data-testid="node-problem"
      >
        <Mark size={18} />
      </span>
    </Tooltip>
  );
}

function PortRows({ id, ports: { inputs, outputs }, taken }: { id: string; ports: Ports; taken: string | null | undefined }) {
  const rows = Math.max(inputs.length, outputs.length);
  return Array.from({ length: rows }, (_, row) => {
    const input = inputs[row];
    const output = outputs[row];
    return (
      <div key={row} className={classes.ports}>
        <span>
          {input !== undefined && (
            <Handle type="target" position={Position.Left} id={input} className={classes.handle} data-testid={`handle-${id}-${input}`} />
          )}
          {input}
        </span>
        <span data-taken={(output !== undefined && output === taken) || undefined}>
          {output}
          {output !== undefined && (
            <Handle
              type="source"
              position={Position.Right}
              id={output}
              className={classes.handle}
              data-port={output}
              data-testid={`handle-${id}-${output}`}
            />
          )}
        </span>
      </div>
    );
  });
}
