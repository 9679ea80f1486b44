import { Button, Group, Modal, Text } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

interface LeaveGuardProps {
  dirty: boolean;
  /** Whether this browser has a copy, so that closing the page loses nothing. */
  kept: boolean;
  /** Changes of a workflow that was locked meanwhile can't be saved, only kept. */
  locked: boolean;
  /** False if the changes did not reach the server. */
  onSave: () => Promise<boolean>;
}

/** Within the pages, signing out alone leads here. It deletes what the browser keeps. */
const signsOut = ({ pathname }: { pathname: string }) => pathname === '/sign-in';

/** Saves before somebody goes on to another page, and asks only if that fails. */
export function LeaveGuard({ dirty, kept, locked, onSave }: LeaveGuardProps) {
  const { t } = useTranslation();
  const blocker = useBlocker({
    shouldBlockFn: async ({ current, next }) => dirty && current.pathname !== next.pathname && (locked ? signsOut(next) : !(await onSave())),
    enableBeforeUnload: dirty && !kept,
    withResolver: true,
  });
  if (blocker.status !== 'blocked') return null;
  const text = signsOut(blocker.next) ? 'signOut' : kept ? 'kept' : 'text';
  return (
    <Modal opened onClose={blocker.reset} title={t('designer.leave.title')}>
      <Text size="sm">{t(`designer.leave.${text}`)}</Text>
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={blocker.proceed} data-testid="leave">
          {t('designer.leave.leave')}
        </Button>
        <Button onClick={blocker.reset} data-autofocus data-testid="stay">
          {t('designer.leave.stay')}
        </Button>
      </Group>
    </Modal>
  );
}

interface StaleDialogProps {
  onTheirs: () => void;
  onMine: () => void;
  onClose: () => void;
}

export function StaleDialog({ onTheirs, onMine, onClose }: StaleDialogProps) {
  const { t } = useTranslation();
  return (
    <Modal opened onClose={onClose} title={t('designer.stale.title')}>
      <Text size="sm">{t('designer.stale.text')}</Text>
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onMine} data-testid="stale-mine">
          {t('designer.stale.mine')}
        </Button>
        <Button onClick={onTheirs} data-testid="stale-theirs">
          {t('designer.stale.theirs')}
        </Button>
      </Group>
    </Modal>
  );
}
