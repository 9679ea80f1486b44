import { Alert, Button, Group, Text } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Workflow } from '@/api/types';
import { allows } from '../allows';
import { usePause } from '../use-pause';

/** Whether a workflow may start anything, and the switch for it. */
export function PauseSection({ workflow }: { workflow: Workflow }) {
  const { workflow_id, paused, published_version } = workflow;
  const { t } = useTranslation();
  const pause = usePause(workflow_id);
  if (published_version === null || published_version === undefined) return null;
  const may = allows(workflow, 'publish');
  if (!may && !paused) return null;
  const button = may && (
    <Button
      size="xs"
      variant="default"
      leftSection={paused ? <IconPlayerPlay size={15} aria-hidden /> : <IconPlayerPause size={15} aria-hidden />}
      loading={pause.isPending}
      onClick={() => pause.mutate(!paused)}
      data-testid="toggle-pause"
    >
      {paused ? t('pause.resume') : t('pause.pause')}
    </Button>
  );
  return paused ? (
    <Alert variant="default" icon={<IconPlayerPause aria-hidden />} title={t('pause.paused')} data-testid="paused">
      <Text size="sm" mb="xs">
        {t('pause.consequence')}
      </Text>
      {button}
    </Alert>
  ) : (
    <Group justify="space-between" wrap="nowrap">
      <Text size="xs" c="var(--sf-muted)">
        {t('pause.offer')}
      </Text>
      {button}
    </Group>
  );
}
