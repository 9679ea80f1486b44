import { Alert, Button, Group, Modal, Stack } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Activity, ValidationReport, Workflow } from '@/api/types';
import { executeWorkflow } from '@/api/workflows';
import type { Draft } from '@/canvas/draft';
import { ErrorNotice } from '@/components/error-notice';
import { usePublish } from './publish-dialog';
import { StartForm, type Start } from './start-form';

interface RunDialogProps {
  workflow: Workflow;
  draft: Draft;
  dirty: boolean;
  catalog: ReadonlyMap<string, Activity>;
  ensureSaved: () => Promise<boolean>;
  onInvalid: (report: ValidationReport) => void;
  onPublished: (revision: number) => void;
  onStarted: (executionId: string) => void;
  onClose: () => void;
}

export function RunDialog({ workflow, draft, dirty, catalog, ensureSaved, onInvalid, onPublished, onStarted, onClose }: RunDialogProps) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const [from, setFrom] = useState<Start>({ trigger: null, variables: {} });
  const [valid, setValid] = useState(true);
  const publish = usePublish(
    workflow.workflow_id,
    ensureSaved,
    (report) => {
      onClose();
      onInvalid(report);
    },
    onPublished,
  );
  const start = useMutation({
    mutationFn: () => executeWorkflow(workflow.workflow_id, { variables: from.variables, trigger_node: from.trigger ?? undefined }),
    meta: { inline: true },
    onSuccess: ({ execution_id }) => {
      void queryClient.invalidateQueries({ queryKey: ['executions', 'list'] });
      onStarted(execution_id);
    },
  });
  const version = workflow.published_version ?? undefined;
  const changed = version === undefined || workflow.has_unpublished_changes || dirty;
  const busy = publish.isPending || start.isPending;
  // No version means that saving was refused, which the designer shows.
  const publishAndStart = () => publish.mutate(undefined, { onSuccess: (published) => (published === undefined ? onClose() : start.mutate()) });

  return (
    <Modal opened onClose={onClose} size="lg" title={t('run.title')}>
      <Stack>
        {(start.error ?? publish.error) && <ErrorNotice error={start.error ?? publish.error} />}
        {changed && <Alert color="yellow">{t('run.unpublished')}</Alert>}
        <StartForm draft={draft} catalog={catalog} value={from} onChange={setFrom} onValid={setValid} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          {version !== undefined && (
            <Button
              variant={changed ? 'default' : 'filled'}
              disabled={!valid || busy}
              loading={start.isPending && !changed}
              onClick={() => start.mutate()}
              data-testid="run-start"
            >
              {changed ? t('run.startVersion', { version }) : t('run.start')}
            </Button>
          )}
          {changed && (
            <Button disabled={!valid} loading={busy} onClick={publishAndStart} data-testid="run-publish-start">
              {t('run.andPublish')}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}
