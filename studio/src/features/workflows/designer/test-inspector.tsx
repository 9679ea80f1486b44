import { ActionIcon, Button, Group, Stack, Text, Title } from '@mantine/core';
import { IconChevronLeft, IconChevronRight, IconPinned } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { TraceEntry } from '@/api/types';
import { stateOf } from '@/canvas/trace';
import { JsonBlock } from '@/components/code-block';
import { NodeInspector } from '@/components/run/node-inspector';
import type { Pin } from './use-pins';

interface TestInspectorProps {
  trace: readonly TraceEntry[];
  nodeId: string;
  /** The entry of the trace that was picked, if one was. */
  shown: number | undefined;
  onShow: (entry: number) => void;
  onPin: (pin: Pin) => void;
}

/** The run of a node in a test, and the effects that it would have had. */
export function TestInspector({ trace, nodeId, shown, onShow, onPin }: TestInspectorProps) {
  const { t } = useTranslation();
  const runs = trace.flatMap(({ node_id }, index) => (node_id === nodeId ? [index] : []));
  const picked = shown === undefined ? -1 : runs.indexOf(shown);
  const at = picked < 0 ? runs.length - 1 : picked;
  const entry = trace[runs[at] ?? -1];
  const step = (by: number) => {
    const next = runs[at + by];
    return next === undefined ? { disabled: true } : { onClick: () => onShow(next) };
  };
  return (
    <Stack gap="sm">
      {runs.length > 1 && (
        <Group gap="xs">
          <ActionIcon variant="default" {...step(-1)} aria-label={t('test.previousRun')}>
            <IconChevronLeft size={16} />
          </ActionIcon>
          <Text size="sm" data-testid="test-run">
            {t('test.run', { number: at + 1, count: runs.length })}
          </Text>
          <ActionIcon variant="default" {...step(1)} aria-label={t('test.nextRun')}>
            <IconChevronRight size={16} />
          </ActionIcon>
        </Group>
      )}
      {entry?.would && (
        <Stack gap={6}>
          <Title order={3} fz="sm" fw={600}>
            {t('test.would')}
          </Title>
          <JsonBlock value={entry.would} testId="test-would" />
        </Stack>
      )}
      <NodeInspector state={entry && stateOf(entry)} />
      {entry?.status === 'completed' && !entry.pinned && (
        <Button
          variant="default"
          size="xs"
          w="fit-content"
          leftSection={<IconPinned size={15} aria-hidden />}
          onClick={() => onPin({ output: entry.output, port: entry.port ?? undefined })}
          data-testid="pin-this"
        >
          {t('pin.this')}
        </Button>
      )}
    </Stack>
  );
}
