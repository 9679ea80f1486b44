import { Group, Select, Stack, Switch } from '@mantine/core';
import { IconChecks } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { approvalsQuery, type Decision } from '@/api/approvals';
import { approvalStatuses, type Approval } from '@/api/types';
import { EmptyState } from '@/components/empty-state';
import { ErrorNotice } from '@/components/error-notice';
import { Loading, Page } from '@/components/page';
import { Pager } from '@/components/pager';
import { ApprovalCard } from './approval-card';
import { DecisionDialog } from './decision-dialog';

const route = getRouteApi('/shell/approvals');

/** The approvals. Shows the pending ones unless another status is chosen. */
export function ApprovalsPage() {
  const { t } = useTranslation();
  const { page = 1, status = 'pending', mine } = route.useSearch();
  const navigate = route.useNavigate();
  const { data, error, refetch } = useQuery(approvalsQuery({ page, status: status === 'all' ? undefined : status, mine }));
  const [deciding, setDeciding] = useState<{ approval: Approval; decision: Decision }>();
  const statusOf = (value: string | null) =>
    approvalStatuses.find((known) => known === value && known !== 'pending') ?? (value === 'all' ? value : undefined);
  const waiting = status === 'pending';
  return (
    <Page title={t('approvals.title')} text={t('approvals.text')}>
      <Group gap="lg">
        <Select
          w={200}
          allowDeselect={false}
          aria-label={t('common.status')}
          data={[...approvalStatuses, 'all' as const].map((value) => ({ value, label: t(`approvals.statuses.${value}`) }))}
          value={status}
          onChange={(value) => void navigate({ search: { mine, status: statusOf(value) } })}
          data-testid="approval-status-filter"
        />
        <Switch
          label={t('approvals.mine')}
          checked={mine === true}
          onChange={(event) => void navigate({ search: { status: statusOf(status), mine: event.currentTarget.checked || undefined } })}
        />
      </Group>
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data?.items.length === 0 && (
        <div className="surface">
          <EmptyState
            icon={IconChecks}
            title={waiting ? t('approvals.nonePending') : t('approvals.none')}
            text={waiting ? t('approvals.nonePendingText') : t('approvals.noneText')}
          />
        </div>
      )}
      {data && data.items.length > 0 && (
        <Stack gap="sm">
          {data.items.map((approval) => (
            <ApprovalCard key={approval.approval_id} approval={approval} onDecide={(decision) => setDeciding({ approval, decision })} />
          ))}
          <Pager pagination={data.pagination} onPage={(next) => void navigate({ search: { status: statusOf(status), mine, page: next } })} />
        </Stack>
      )}
      {deciding && <DecisionDialog {...deciding} onClose={() => setDeciding(undefined)} />}
    </Page>
  );
}
