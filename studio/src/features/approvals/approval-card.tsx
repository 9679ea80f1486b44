import { Button, Group, Stack, Text } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Decision } from '@/api/approvals';
import type { Approval } from '@/api/types';
import { Ago } from '@/components/ago';
import { AnchorLink } from '@/components/links';
import { StatusBadge } from '@/components/status-badge';
import { formatAgo } from '@/lib/format';
import { useNow } from '@/lib/use-now';

interface ApprovalCardProps {
  approval: Approval;
  onDecide: (decision: Decision) => void;
}

export function ApprovalCard({ approval, onDecide }: ApprovalCardProps) {
  const { t } = useTranslation();
  const { approval_id, status, message, execution_id, workflow_name, created_at, can_decide, comment } = approval;
  return (
    <Stack
      className="surface"
      p="md"
      gap="xs"
      component="article"
      aria-label={message}
      data-testid="approval"
      data-approval={approval_id}
      data-status={status}
    >
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <Text fw={600} style={{ whiteSpace: 'pre-line', overflowWrap: 'anywhere' }}>
          {message}
        </Text>
        <StatusBadge status={status === 'pending' ? 'waiting' : status} testId="approval-status" />
      </Group>
      <Group justify="space-between" align="flex-end">
        <Text size="xs" c="var(--sf-muted)" component="div">
          <AnchorLink to="/executions/$executionId" params={{ executionId: execution_id }} size="xs">
            {workflow_name}
          </AnchorLink>{' '}
          · {t('approvals.asked')} <Ago at={created_at} />
          <Expiry approval={approval} />
        </Text>
        {can_decide && (
          <Group gap="xs">
            <Button size="xs" variant="default" leftSection={<IconX size={15} aria-hidden />} onClick={() => onDecide('reject')} data-testid="reject">
              {t('approvals.reject')}
            </Button>
            <Button size="xs" leftSection={<IconCheck size={15} aria-hidden />} onClick={() => onDecide('approve')} data-testid="approve">
              {t('approvals.approve')}
            </Button>
          </Group>
        )}
        {status === 'pending' && !can_decide && (
          <Text size="xs" c="var(--sf-muted)">
            {t('approvals.notYours')}
          </Text>
        )}
      </Group>
      <Decided approval={approval} />
      {comment && (
        <Text size="sm" pl="sm" style={{ borderLeft: '3px solid var(--sf-line)', whiteSpace: 'pre-line' }}>
          {comment}
        </Text>
      )}
    </Stack>
  );
}

function Expiry({ approval: { status, expires_at } }: { approval: Approval }) {
  const { t, i18n } = useTranslation();
  const now = useNow();
  if (status !== 'pending' || !expires_at) return null;
  return <> · {t('approvals.expires', { when: formatAgo(expires_at, i18n.language, now) })}</>;
}

function Decided({ approval: { status, decided_by, decided_at } }: { approval: Approval }) {
  const { t } = useTranslation();
  if ((status !== 'approved' && status !== 'rejected') || !decided_at) return null;
  return (
    <Text size="sm" component="div">
      {t(`approvals.by.${status}`, { name: decided_by?.name ?? '?' })} <Ago at={decided_at} />
    </Text>
  );
}
