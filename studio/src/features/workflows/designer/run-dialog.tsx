import { Alert, Button, Group, Modal, Select, Stack } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Activity, ValidationReport, Workflow } from '@/api/types';
import { executeWorkflow } from '@/api/workflows';
import type { Draft } from '@/canvas/draft';
import { ErrorNotice } from '@/components/error-notice';
import { JsonEditor } from '@/components/json-editor';
import { isRecord } from '@/lib/json';
import { ConfigForm } from '../config/config-form';
import type { FieldSchema } from '../config/schema';
import { usePublish } from './publish-dialog';

interface RunDialogProps {
  workflow: Workflow;
  draft: Draft;
  dirty: boolean;
  catalog: ReadonlyMap<string, Activity>;
  ensureSaved: () => Promise<boolean>;
  onInvalid: (report: ValidationReport) => void;
  onStarted: (executionId: string) => void;
  onClose: () => void;
}

export function RunDialog({ workflow, draft, dirty, catalog, ensureSaved, onInvalid, onStarted, onClose }: RunDialogProps) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const [variables, setVariables] = useState<unknown>({});
  const [valid, setValid] = useState(true);
  const [trigger, setTrigger] = useState<string | null>(null);
  const publish = usePublish(workflow.workflow_id, ensureSaved, (report) => {
    onClose();
    onInvalid(report);
  });
  const start = useMutation({
    mutationFn: () => executeWorkflow(workflow.workflow_id, { variables: isRecord(variables) ? variables : {}, trigger_node: trigger ?? undefined }),
    meta: { inline: true },
    onSuccess: ({ execution_id }) => {
      void queryClient.invalidateQueries({ queryKey: ['executions', 'list'] });
      onStarted(execution_id);
    },
  });
  const version = workflow.published_version ?? undefined;
  const changed = version === undefined || workflow.has_unpublished_changes || dirty;
  const triggers = Object.entries(draft.nodes).filter(([, node]) => catalog.get(node.node_type)?.is_trigger);
  const form = inputForm(draft, trigger);
  const busy = publish.isPending || start.isPending;
  // No version means that saving was refused, which the designer shows.
  const publishAndStart = () => publish.mutate(undefined, { onSuccess: (published) => (published === undefined ? onClose() : start.mutate()) });

  return (
    <Modal opened onClose={onClose} size="lg" title={t('run.title')}>
      <Stack>
        {(start.error ?? publish.error) && <ErrorNotice error={start.error ?? publish.error} />}
        {changed && <Alert color="yellow">{t('run.unpublished')}</Alert>}
        {triggers.length > 1 && (
          <Select label={t('run.trigger')} clearable data={triggers.map(([id, node]) => ({ value: id, label: node.label || id }))} value={trigger} onChange={setTrigger} data-testid="run-trigger" />
        )}
        {form ? (
          <ConfigForm schema={form} value={isRecord(variables) ? variables : {}} onChange={setVariables} path="run-" literal />
        ) : (
          <JsonEditor
            label={t('run.variables')}
            value={variables}
            onChange={setVariables}
            onValid={setValid}
            check={(value) => (isRecord(value) ? undefined : t('json.objectNeeded'))}
            minRows={6}
            data-autofocus
            data-testid="run-variables"
          />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          {version !== undefined && (
            <Button variant={changed ? 'default' : 'filled'} disabled={!valid || busy} loading={start.isPending && !changed} onClick={() => start.mutate()} data-testid="run-start">
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

/** The form that the manual trigger asks for, if it names any field. */
function inputForm(draft: Draft, trigger: string | null): FieldSchema | undefined {
  const start = trigger === null ? Object.values(draft.nodes).find((node) => node.node_type === 'trigger_manual') : draft.nodes[trigger];
  const schema = start?.config.input_schema;
  return isRecord(schema) && isRecord(schema.properties) && Object.keys(schema.properties).length > 0 ? schema : undefined;
}
