import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { IconFlask } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Activity } from '@/api/types';
import type { Draft } from '@/canvas/draft';
import { ErrorNotice } from '@/components/error-notice';
import { JsonEditor } from '@/components/json-editor';
import { StartForm } from './start-form';
import type { useDryRun } from './use-dry-run';

interface TestDialogProps {
  draft: Draft;
  catalog: ReadonlyMap<string, Activity>;
  dryRun: ReturnType<typeof useDryRun>;
  pinned: number;
  onClose: () => void;
}

/** Example input for triggers that take more than variables. */
const samples: Partial<Record<string, unknown>> = {
  trigger_webhook: { payload: {}, headers: {}, query: {} },
  trigger_command: { username: 'ada', message: '!hello', args: [] },
  trigger_event: { event_type: '', data: {} },
  trigger_schedule: { scheduled_time: '2030-01-01T09:00:00Z' },
};

/** Asks for what a test starts with, and starts it. */
export function TestDialog({ draft, catalog, dryRun, pinned, onClose }: TestDialogProps) {
  const { t } = useTranslation();
  const { from, setFrom, run } = dryRun;
  const [valid, setValid] = useState(true);
  const [inputValid, setInputValid] = useState(true);
  const start = startOf(draft, catalog, from.trigger);
  const sample = start && samples[start.node_type];
  const input = 'input' in from ? from.input : sample;
  const submit = () => run.mutate({ ...from, input: sample && input }, { onSuccess: onClose });
  return (
    <Modal opened onClose={onClose} size="lg" title={t('test.title')}>
      <Stack>
        {run.error && <ErrorNotice error={run.error} />}
        <Text size="sm" c="var(--sf-muted)">
          {t('test.text')}
        </Text>
        <StartForm
          draft={draft}
          catalog={catalog}
          value={from}
          onChange={(next) => setFrom(next.trigger === from.trigger ? { ...from, ...next } : next)}
          onValid={setValid}
        />
        {sample !== undefined && (
          <JsonEditor
            key={start?.node_type}
            label={t('test.input')}
            description={t('test.inputText')}
            value={input}
            onValid={setInputValid}
            onChange={(next) => setFrom({ ...from, input: next })}
            data-testid="test-input"
          />
        )}
        {pinned > 0 && <Text size="sm">{t('test.pinned', { count: pinned })}</Text>}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button
            leftSection={<IconFlask size={16} aria-hidden />}
            disabled={!valid || !inputValid}
            loading={run.isPending}
            onClick={submit}
            data-testid="test-start"
          >
            {t('test.start')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** The trigger that starts, as the server chooses it. */
function startOf(draft: Draft, catalog: ReadonlyMap<string, Activity>, chosen: string | null) {
  if (chosen !== null) return draft.nodes[chosen];
  const triggers = Object.values(draft.nodes).filter((node) => catalog.get(node.node_type)?.is_trigger);
  return triggers.find((node) => node.node_type === 'trigger_manual') ?? (triggers.length === 1 ? triggers[0] : undefined);
}
