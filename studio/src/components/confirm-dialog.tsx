import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import type { QueryKey } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useChange } from '@/lib/use-change';
import { ErrorNotice } from './error-notice';

interface ConfirmDialogProps {
  title: string;
  text: ReactNode;
  action: string;
  onConfirm: () => Promise<unknown>;
  /** The queries to read again afterwards. */
  touched: QueryKey[];
  onClose: () => void;
  /** After it is done; closes the dialog unless given. */
  onDone?: () => void;
}

/** Asks before something that can't be taken back, and shows why it was refused. */
export function ConfirmDialog({ title, text, action, onConfirm, touched, onClose, onDone = onClose }: ConfirmDialogProps) {
  const { t } = useTranslation();
  const change = useChange(onConfirm, touched, onDone);
  return (
    <Modal opened onClose={onClose} title={title}>
      <Stack>
        {change.error && <ErrorNotice error={change.error} />}
        {typeof text === 'string' ? <Text size="sm">{text}</Text> : text}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('common.cancel')}
          </Button>
          <Button color="red" loading={change.isPending} onClick={() => change.mutate(undefined)} data-testid="confirm">
            {action}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
