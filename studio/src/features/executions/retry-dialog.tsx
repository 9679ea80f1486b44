import { Button, Group, Modal, Radio, Select, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { retryExecution } from '@/api/executions';
import type { Execution } from '@/api/types';
import { ErrorNotice } from '@/components/error-notice';

interface RetryDialogProps {
  execution: Execution;
  /** The node to begin at; the start unless given. */
  from: string | undefined;
  onClose: () => void;
}

type Version = 'same' | 'latest';

/** Does an ended execution again, as a new one. */
export function RetryDialog({ execution, from, onClose }: RetryDialogProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [version, setVersion] = useState<Version>('same');
  const [node, setNode] = useState(from ?? null);
  const retry = useMutation({
    mutationFn: () => retryExecution(execution.execution_id, { from_node: node ?? undefined, version }),
    meta: { inline: true },
    onSuccess: async ({ execution_id }) => {
      onClose();
      void queryClient.invalidateQueries({ queryKey: ['executions'] });
      await navigate({ to: '/executions/$executionId', params: { executionId: execution_id } });
    },
  });
  const nodes = Object.values(execution.node_states)
    .filter(isStart)
    .map(({ node_id }) => ({ value: node_id, label: execution.definition.nodes[node_id]?.label || node_id }));
  return (
    <Modal opened onClose={onClose} title={t('retry.title')}>
      <Stack>
        {retry.error && <ErrorNotice error={retry.error} />}
        <Select
          label={t('retry.from')}
          description={node === null ? t('retry.startText') : t('retry.nodeText')}
          placeholder={t('retry.start')}
          clearable
          data={nodes}
          value={node}
          onChange={setNode}
          data-testid="retry-from"
        />
        <Radio.Group label={t('retry.version')} value={version} onChange={(value) => setVersion(value === 'latest' ? 'latest' : 'same')}>
          <Stack gap={8} mt={6}>
            <Radio value="same" label={t('retry.same', { version: execution.version })} />
            <Radio value="latest" label={t('retry.latest')} data-testid="retry-latest" />
          </Stack>
        </Radio.Group>
        <Text size="xs" c="var(--sf-muted)">
          {t('retry.counts')}
        </Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button loading={retry.isPending} onClick={() => retry.mutate()} data-autofocus data-testid="retry-confirm">
            {t('retry.button')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** Whether an execution may begin at a node: it ran, and not inside a loop. */
export const isStart = ({ status, started_at, scope }: Execution['node_states'][string]) =>
  status !== 'pending' && status !== 'skipped' && Boolean(started_at) && !scope;
