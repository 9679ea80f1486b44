import { Alert, Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { decide, type Decision } from '@/api/approvals';
import { ApiError } from '@/api/client';
import type { Approval } from '@/api/types';
import { ErrorNotice } from '@/components/error-notice';
import { notifyDone } from '@/lib/notify';

interface DecisionDialogProps {
  approval: Approval;
  decision: Decision;
  onClose: () => void;
}

export function DecisionDialog({ approval, decision, onClose }: DecisionDialogProps) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const [comment, setComment] = useState('');
  const send = useMutation({
    mutationFn: () => decide(approval.approval_id, decision, comment),
    meta: { inline: true },
    onSuccess: ({ status }) => {
      notifyDone(t(`approvals.statuses.${status}`));
      onClose();
    },
    // Somebody else decided first. The list must show it.
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['approvals'] }),
  });
  const late = send.error instanceof ApiError && send.error.status === 409;
  return (
    <Modal opened onClose={onClose} title={t(`approvals.${decision}`)}>
      <Stack>
        <Text size="sm" style={{ whiteSpace: 'pre-line', overflowWrap: 'anywhere' }}>
          {approval.message}
        </Text>
        {late && (
          <Alert color="yellow" title={t('approvals.late')} role="alert" data-testid="approval-late">
            {send.error?.message}
          </Alert>
        )}
        {send.error && !late && <ErrorNotice error={send.error} />}
        {!late && (
          <Textarea
            label={t('approvals.comment')}
            autosize
            minRows={2}
            maxLength={4000}
            value={comment}
            onChange={(event) => setComment(event.currentTarget.value)}
            data-autofocus
            data-testid="decision-comment"
          />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-testid="decision-close">
            {late ? t('common.close') : t('common.cancel')}
          </Button>
          {!late && (
            <Button
              color={decision === 'reject' ? 'red' : undefined}
              loading={send.isPending}
              onClick={() => send.mutate()}
              data-testid="decision-confirm"
            >
              {t(`approvals.${decision}`)}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}
