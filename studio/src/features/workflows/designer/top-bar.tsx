import { ActionIcon, Badge, Button, Group, Text, Tooltip, type ButtonProps } from '@mantine/core';
import {
  IconArchive,
  IconArrowBackUp,
  IconArrowForwardUp,
  IconChecklist,
  IconChevronLeft,
  IconDeviceFloppy,
  IconFlask,
  IconPlayerPause,
  IconPlayerPlayFilled,
  IconRocket,
  type Icon,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Workflow } from '@/api/types';
import { allows } from '../allows';
import classes from './designer.module.css';

interface TopBarProps {
  workflow: Workflow;
  name: string;
  dirty: boolean;
  /** Whether it can only be looked at. */
  locked: boolean;
  badge: ReactNode;
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

export function TopBar({
  workflow,
  name,
  dirty,
  locked,
  badge,
  saving,
  validating,
  onUndo,
  onRedo,
  onSave,
  onValidate,
  onTest,
  onPublish,
  onRun,
}: TopBarProps) {
  const { t } = useTranslation();
  const archived = workflow.status === 'archived';
  const runs = !archived && allows(workflow, 'execute');
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
      {archived && (
        <Badge color="gray" miw="max-content" leftSection={<IconArchive size={12} aria-hidden />}>
          {t('status.archived')}
        </Badge>
      )}
      {workflow.paused && (
        <Tooltip label={t('pause.consequence')} multiline maw={280}>
          <Badge color="yellow" miw="max-content" leftSection={<IconPlayerPause size={12} aria-hidden />}>
            {t('pause.paused')}
          </Badge>
        </Tooltip>
      )}
      {badge}
      {!locked && (
        <Group gap={2} wrap="nowrap">
          <Step label={t('designer.undo')} icon={IconArrowBackUp} onClick={onUndo} testId="undo" />
          <Step label={t('designer.redo')} icon={IconArrowForwardUp} onClick={onRedo} testId="redo" />
        </Group>
      )}
      <Group gap={8} wrap="nowrap">
        {!locked && <Action label={t('designer.save')} icon={IconDeviceFloppy} disabled={!dirty} loading={saving} onClick={onSave} testId="save" />}
        <Action label={t('validate.button')} icon={IconChecklist} loading={validating} onClick={onValidate} testId="validate" />
        {runs && <Action label={t('test.button')} icon={IconFlask} onClick={onTest} testId="test" />}
        {!archived && allows(workflow, 'publish') && (
          <Action label={t('publish.button')} icon={IconRocket} variant="light" onClick={onPublish} testId="publish" />
        )}
        {runs && <Action label={t('run.button')} icon={IconPlayerPlayFilled} variant="filled" onClick={onRun} testId="run" />}
      </Group>
    </header>
  );

  function publishedText(): string {
    const version = workflow.published_version ?? undefined;
    if (version === undefined) return t('designer.never');
    if (archived) return t('designer.wasPublished', { version });
    return workflow.has_unpublished_changes || dirty ? t('designer.publishedChanges', { version }) : t('designer.published', { version });
  }
}

interface ActionProps extends Pick<ButtonProps, 'variant' | 'disabled' | 'loading'> {
  label: string;
  icon: Icon;
  onClick: () => void;
  testId: string;
}

/** A button that shows its symbol alone where there is no room for its name. */
function Action({ label, icon: ActionSymbol, variant = 'default', onClick, testId, ...state }: ActionProps) {
  return (
    <Button
      className={classes.action}
      variant={variant}
      leftSection={<ActionSymbol size={17} aria-hidden />}
      title={label}
      aria-label={label}
      onClick={onClick}
      data-testid={testId}
      {...state}
    >
      {label}
    </Button>
  );
}

interface StepProps {
  label: string;
  icon: Icon;
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
