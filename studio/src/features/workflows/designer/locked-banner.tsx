import { Button } from '@mantine/core';
import { IconArchive, IconEye } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Workflow } from '@/api/types';
import { allows, type lockOf } from '../allows';
import { useRestore } from '../use-restore';
import classes from './designer.module.css';

interface LockedBannerProps {
  workflow: Workflow;
  lock: NonNullable<ReturnType<typeof lockOf>>;
  /** Whether this browser keeps changes that came too late. */
  unsaved: boolean;
  onRestored: () => void;
}

/** Why this workflow can only be looked at, and what helps. */
export function LockedBanner({ workflow, lock, unsaved, onRestored }: LockedBannerProps) {
  const { t } = useTranslation();
  const restore = useRestore(workflow.workflow_id, onRestored);
  const Sign = lock === 'archived' ? IconArchive : IconEye;
  return (
    <div className={classes.banner} role="status" data-testid="locked" data-lock={lock}>
      <Sign size={17} aria-hidden />
      <span>
        {t(`locked.${lock}`)} {unsaved && t('locked.unsaved')}
      </span>
      {lock === 'archived' && allows(workflow, 'restore') && (
        <Button size="compact-sm" variant="default" loading={restore.isPending} onClick={() => restore.mutate()} data-testid="restore">
          {t('archive.restore')}
        </Button>
      )}
    </div>
  );
}
