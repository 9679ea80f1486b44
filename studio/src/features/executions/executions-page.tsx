import { Badge, CloseButton, Group, Select, Table, Text } from '@mantine/core';
import { IconListDetails } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { executionsQuery } from '@/api/executions';
import { executionStatuses, type ExecutionSummary } from '@/api/types';
import { Ago } from '@/components/ago';
import { EmptyState } from '@/components/empty-state';
import { ErrorNotice } from '@/components/error-notice';
import { AnchorLink } from '@/components/links';
import { Loading, Page } from '@/components/page';
import { Pager } from '@/components/pager';
import { StatusBadge } from '@/components/status-badge';
import { formatSeconds } from '@/lib/format';

const route = getRouteApi('/shell/executions');

export function ExecutionsPage() {
  const { t } = useTranslation();
  const { page = 1, ...filter } = route.useSearch();
  const { status, workflow_id, retry_of, parent_execution_id } = filter;
  const navigate = route.useNavigate();
  const { data, error, refetch } = useQuery(executionsQuery({ page, ...filter }));
  return (
    <Page title={t('executions.title')} text={t('executions.text')}>
      <Group>
        <Select
          w={200}
          clearable
          placeholder={t('executions.anyStatus')}
          aria-label={t('executions.anyStatus')}
          data={executionStatuses.map((value) => ({ value, label: t(`status.${value}`) }))}
          value={status ?? null}
          onChange={(value) => void navigate({ search: { ...filter, status: value ?? undefined } })}
          data-testid="execution-status-filter"
        />
        {workflow_id !== undefined && (
          <Only
            text={data?.items[0]?.workflow_name ?? t('executions.oneWorkflow')}
            onRemove={() => void navigate({ search: { ...filter, workflow_id: undefined } })}
          />
        )}
        {retry_of !== undefined && (
          <Only
            text={t('executions.retriesOf', { id: retry_of.slice(-8) })}
            onRemove={() => void navigate({ search: { ...filter, retry_of: undefined } })}
          />
        )}
        {parent_execution_id !== undefined && (
          <Only
            text={t('executions.childrenOf', { id: parent_execution_id.slice(-8) })}
            onRemove={() => void navigate({ search: { ...filter, parent_execution_id: undefined } })}
          />
        )}
      </Group>
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data?.items.length === 0 && (
        <div className="surface">
          <EmptyState icon={IconListDetails} title={t('executions.none')} text={t('executions.noneText')} />
        </div>
      )}
      {data && data.items.length > 0 && (
        <>
          <ExecutionTable executions={data.items} />
          <Pager pagination={data.pagination} onPage={(next) => void navigate({ search: { ...filter, page: next } })} />
        </>
      )}
    </Page>
  );
}

function Only({ text, onRemove }: { text: string; onRemove: () => void }) {
  const { t } = useTranslation();
  return (
    <Badge size="lg" rightSection={<CloseButton size="xs" aria-label={t('common.remove')} onClick={onRemove} />}>
      {text}
    </Badge>
  );
}

function ExecutionTable({ executions }: { executions: ExecutionSummary[] }) {
  const { t } = useTranslation();
  return (
    <div className="surface">
      <Table highlightOnHover verticalSpacing="sm" horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={130}>{t('common.status')}</Table.Th>
            <Table.Th>{t('executions.workflow')}</Table.Th>
            <Table.Th w={150}>{t('executions.trigger')}</Table.Th>
            <Table.Th w={160}>{t('executions.started')}</Table.Th>
            <Table.Th w={120}>{t('executions.duration')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {executions.map((execution) => (
            <Table.Tr key={execution.execution_id} data-testid="execution-row" data-execution={execution.execution_id} data-status={execution.status}>
              <Table.Td>
                <StatusBadge status={execution.status} />
              </Table.Td>
              <Table.Td>
                <AnchorLink to="/executions/$executionId" params={{ executionId: execution.execution_id }} fw={600} c="inherit">
                  {execution.workflow_name ?? execution.execution_id}
                </AnchorLink>
                {execution.error && (
                  <Text size="xs" c="var(--sf-failed)" lineClamp={1}>
                    {execution.error}
                  </Text>
                )}
              </Table.Td>
              <Table.Td>
                {execution.trigger && t(`trigger.${execution.trigger}`)}
                {execution.retry_of && (
                  <Text size="xs" c="var(--sf-muted)">
                    {t('executions.retry')}
                  </Text>
                )}
              </Table.Td>
              <Table.Td className="muted">
                <Ago at={execution.start_time} />
              </Table.Td>
              <Table.Td className="muted">
                {typeof execution.execution_time_seconds === 'number' && formatSeconds(execution.execution_time_seconds)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
