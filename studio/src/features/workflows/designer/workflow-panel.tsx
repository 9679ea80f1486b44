import { Button, Stack, Text, Textarea, TextInput, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconListDetails, IconShare2, IconWebhook } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Workflow } from '@/api/types';
import type { Draft } from '@/canvas/draft';
import { ButtonLink } from '@/components/links';
import { ReadOnly } from '@/components/read-only';
import { KeyValueInput } from '../config/key-value-input';
import { allows } from '../allows';
import { SharingDrawer } from '../sharing/sharing-drawer';
import { PauseSection } from './pause-section';
import { SettingsSection } from './settings-section';
import type { Edit } from './use-draft';

interface WorkflowPanelProps {
  workflow: Workflow;
  draft: Draft;
  edit: Edit;
  /** Whether it can only be looked at. */
  locked: boolean;
}

export function WorkflowPanel({ workflow, draft, edit, locked }: WorkflowPanelProps) {
  const { t } = useTranslation();
  const [sharing, { open, close }] = useDisclosure(false);
  const workflowId = workflow.workflow_id;
  return (
    <Stack gap="md" data-testid="workflow-panel">
      <Title order={2}>{t('designer.settings')}</Title>
      {workflow.status !== 'archived' && <PauseSection workflow={workflow} />}
      <ReadOnly when={locked}>
        <Stack gap="md">
          <TextInput
            label={t('workflows.name')}
            required
            value={draft.name}
            error={draft.name.trim() === '' && t('workflows.nameNeeded')}
            onChange={(event) => {
              const name = event.currentTarget.value;
              edit((before) => ({ ...before, name }), 'name');
            }}
            data-testid="settings-name"
          />
          <Textarea
            label={t('workflows.description')}
            autosize
            minRows={2}
            value={draft.description}
            onChange={(event) => {
              const description = event.currentTarget.value;
              edit((before) => ({ ...before, description }), 'description');
            }}
            data-testid="settings-description"
          />
          <KeyValueInput
            label={t('settings.variables')}
            description={t('settings.variablesText', { example: '{{ variables.name }}' })}
            value={draft.variables}
            onChange={(variables) => edit((before) => ({ ...before, variables }), 'variables')}
            data-testid="settings-variables"
          />
          <SettingsSection workflowId={workflowId} settings={draft.settings} edit={edit} />
        </Stack>
      </ReadOnly>
      <Stack gap={6}>
        {!workflow.read_only && allows(workflow, 'update') && (
          <Button variant="default" justify="flex-start" leftSection={<IconShare2 size={16} aria-hidden />} onClick={open} data-testid="share">
            {t('sharing.title')}
          </Button>
        )}
        <ButtonLink
          to="/workflows/$workflowId/webhooks"
          params={{ workflowId }}
          variant="default"
          justify="flex-start"
          leftSection={<IconWebhook size={16} aria-hidden />}
        >
          {t('webhooks.title')}
        </ButtonLink>
        <ButtonLink
          to="/executions"
          search={{ workflow_id: workflowId }}
          variant="default"
          justify="flex-start"
          leftSection={<IconListDetails size={16} aria-hidden />}
        >
          {t('nav.executions')}
        </ButtonLink>
      </Stack>
      {sharing && <SharingDrawer workflow={workflow} onClose={close} />}
      {!locked && (
        <Text size="xs" c="var(--sf-muted)">
          {t('settings.nothing')} {t('designer.keys')}
        </Text>
      )}
    </Stack>
  );
}
