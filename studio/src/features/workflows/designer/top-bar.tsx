import { ActionIcon, Badge, Button, Group, Text, Tooltip } from '@mantine/core';
import { IconArrowBackUp, IconArrowForwardUp, IconChecklist, IconChevronLeft, IconDeviceFloppy, IconFlask, IconPlayerPause, IconPlayerPlayFilled, IconRocket } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Workflow } from '@/api/types';
import classes from './designer.module.css';

interface TopBarProps {
  workflow: Workflow;
  name: string;
  dirty: boolean;
  saving: boolean;
  validating: boolean;
  onUndo: (() => void) | undefined;
  onRedo: (() => void) | undefined;
  onSave: () => void;
  onValidate: () => void;
  onTest: () => void;
  onPublish: () => void;
  onRun: () => void;
}

export function TopBar({ workflow, name, dirty, saving, validating, onUndo, onRedo, onSave, onValidate, onTest, onPublish, onRun }: TopBarProps) {
  const { t } = useTranslation();
  return (
    <header className={classes.bar}>
      <Tooltip label={t('designer.back')}>
        <ActionIcon component={Link} to="/workflows" variant="subtle" color="gray" aria-label={t('designer.back')}>
          <IconChevronLeft size={20} />
        </ActionIcon>
      </Tooltip>
      <div className={classes.title}>
        <Text component="h1" fw={650} fz={15} truncate data-testid="workflow-title">
          {name}
        </Text>
        <Text size="xs" c="var(--sf-muted)" truncate data-testid="published-version" data-version={workflow.published_version ?? undefined}>
          {publishedText()}
        </Text>
      </div>
      {workflow.paused && (
        <Tooltip label={t('pause.consequence')} multiline maw={280}>
          <Badge color="yellow" leftSection={<IconPlayerPause size={12} aria-hidden />}>
            {t('pause.paused')}
          </Badge>
        </Tooltip>
      )}
      <Badge color={dirty ? 'yellow' : 'gray'} variant={dirty ? 'light' : 'transparent'} data-testid="save-state" data-dirty={dirty}>
        {dirty ? t('designer.dirty') : t('designer.saved')}
      </Badge>
      <Group gap={2} wrap="nowrap">
        <Step label={t('designer.undo')} icon={IconArrowBackUp} onClick={onUndo} testId="undo" />
        <Step label={t('designer.redo')} icon={IconArrowForwardUp} onClick={onRedo} testId="redo" />
      </Group>
      <Group gap={8} wrap="nowrap">
        <Button variant="default" leftSection={<IconDeviceFloppy size={17} aria-hidden />} disabled={!dirty} loading={saving} onClick={onSave} data-testid="save">
          {t('designer.save')}
        </Button>
        <Button variant="default" leftSection={<IconChecklist size={17} aria-hidden />} loading={validating} onClick={onValidate} data-testid="validate">
          {t('validate.button')}
        </Button>
        <Button variant="default" leftSection={<IconFlask size={17} aria-hidden />} onClick={onTest} data-testid="test">
          {t('test.button')}
        </Button>
        <Button variant="light" leftSection={<IconRocket size={17} aria-hidden />} onClick={onPublish} data-testid="publish">
          {t('publish.button')}
        </Button>
        <Button leftSection={<IconPlayerPlayFilled size={15} aria-hidden />} onClick={onRun} data-testid="run">
          {t('run.button')}
        </Button>
      </Group>
    </header>
  );

  function publishedText(): string {
    const version = workflow.published_version ?? undefined;
    if (version === undefined) return t('designer.never');
    return workflow.has_unpublished_changes || dirty ? t('designer.publishedChanges', { version }) : t('designer.published', { version });
  }
}

interface StepProps {
  label: string;
  icon: typeof IconArrowBackUp;
  onClick: (() => void) | undefined;
  testId: string;
}

function Step({ label, icon: StepIcon, onClick, testId }: StepProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" size="lg" disabled={!onClick} onClick={onClick} aria-label={label} data-testid={testId}>
        <StepIcon size={19} />
      </ActionIcon>
    </Tooltip>
  );
}
