import { Alert, Group, Stack, Tabs, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { NodeState } from '@/api/types';
import { placeOf } from '@/canvas/run';
import { CodeBlock, JsonBlock } from '@/components/code-block';
import { StatusBadge } from '@/components/status-badge';
import { formatSeconds } from '@/lib/format';
import { WaitsUntil } from './waits-until';

type Part = 'input' | 'output' | 'logs' | 'error';

/** One run of a node in an execution: input, output, logs and error. */
export function NodeInspector({ type, state }: { type?: string; state: NodeState | undefined }) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<Part>();
  if (!state) return <Text size="sm" c="var(--sf-muted)">{t('inspector.notRun')}</Text>; // prettier-ignore
  const failure = state.error ?? undefined;
  const part = chosen ?? (failure ? 'error' : 'output');
  const nothing = (
    <Text size="sm" c="var(--sf-muted)">
      {t('inspector.none')}
    </Text>
  );
  const json = (value: unknown, id: Part) => (value === undefined || value === null ? nothing : <JsonBlock value={value} testId={`node-${id}`} />);
  return (
    <Stack gap="sm" data-testid="node-inspector">
      <Facts type={type} state={state} />
      <Tabs value={part} onChange={(value) => setChosen(value as Part)} keepMounted={false}>
        <Tabs.List mb="sm">
          <Tabs.Tab value="input">{t('inspector.input')}</Tabs.Tab>
          <Tabs.Tab value="output">{t('inspector.output')}</Tabs.Tab>
          <Tabs.Tab value="logs">{t('inspector.logs')}</Tabs.Tab>
          <Tabs.Tab value="error" c={failure ? 'red' : undefined}>
            {t('inspector.error')}
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="input">{json(state.input_data, 'input')}</Tabs.Panel>
        <Tabs.Panel value="output">{json(state.output_data, 'output')}</Tabs.Panel>
        <Tabs.Panel value="logs">{state.logs?.length ? <CodeBlock text={state.logs.join('\n')} testId="node-logs" /> : nothing}</Tabs.Panel>
        <Tabs.Panel value="error">
          {failure ? (
            <Stack gap="sm">
              <Alert color="red" data-testid="node-error" style={{ overflowWrap: 'anywhere' }}>
                {failure.message}
                <Text size="xs" className="mono" c="var(--sf-muted)" mt={4}>
                  {failure.code}
                </Text>
              </Alert>
              {failure.detail !== undefined && failure.detail !== null && <JsonBlock value={failure.detail} />}
            </Stack>
          ) : (
            nothing
          )}
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}

function Facts({ type, state }: { type: string | undefined; state: NodeState }) {
  const { t } = useTranslation();
  const { started_at, completed_at, attempt = 1, port, runs, scope } = state;
  const seconds = started_at && completed_at ? (Date.parse(completed_at) - Date.parse(started_at)) / 1000 : undefined;
  const facts = [
    seconds !== undefined && formatSeconds(seconds),
    attempt > 1 && t('inspector.attempt', { attempt }),
    port && t('inspector.port', { port }),
    runs > 1 && t('node.runs', { count: runs }),
    scope && t('inspector.scope', { scope: placeOf(scope) }),
  ].filter(Boolean);
  return (
    <Group gap="sm">
      <StatusBadge status={state.status} />
      <Text size="xs" c="var(--sf-muted)">
        {facts.join(' · ')}
        {facts.length > 0 && state.status === 'waiting' && ' · '}
        <WaitsUntil type={type} state={state} />
      </Text>
    </Group>
  );
}
