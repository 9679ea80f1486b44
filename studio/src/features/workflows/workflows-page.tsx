import { ActionIcon, Badge, Button, Group, Menu, Select, Table, Text, TextInput, Tooltip, VisuallyHidden } from '@mantine/core';
import { useDebouncedCallback, useDisclosure } from '@mantine/hooks';
import {
  IconArchive,
  IconArchiveOff,
  IconDots,
  IconListDetails,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlus,
  IconRoute2,
  IconSearch,
  IconShare2,
  IconWebhook,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { WorkflowStatus, WorkflowSummary } from '@/api/types';
import { workflowsQuery } from '@/api/workflows';
import { Ago } from '@/components/ago';
import { EmptyState } from '@/components/empty-state';
import { ErrorNotice } from '@/components/error-notice';
import { AnchorLink, MenuLink } from '@/components/links';
import { Loading, Page } from '@/components/page';
import { Pager } from '@/components/pager';
import { StatusBadge } from '@/components/status-badge';
import { useMay } from '@/components/use-may';
import { allows } from './allows';
import { ArchiveDialog } from './archive-dialog';
import { CreateDialog } from './create-dialog';
import { SharingDrawer } from './sharing/sharing-drawer';
import { usePause } from './use-pause';
import { useRestore } from './use-restore';

const route = getRouteApi('/shell/workflows');
const statuses: WorkflowStatus[] = ['draft', 'active', 'archived'];

export function WorkflowsPage() {
  const { t } = useTranslation();
  const { page = 1, status, search } = route.useSearch();
  const navigate = route.useNavigate();
  const { data, error, refetch } = useQuery(workflowsQuery({ page, status, search }));
  const [creating, { open, close }] = useDisclosure(false);
  const find = useDebouncedCallback((wanted: string) => void navigate({ search: { status, search: wanted || undefined }, replace: true }), 250);
  const filtered = status !== undefined || search !== undefined;

  const may = useMay();
  const create = may('create:workflows') && (
    <Button leftSection={<IconPlus size={17} aria-hidden />} onClick={open} data-testid="create-workflow">
      {t('workflows.create')}
    </Button>
  );

  return (
    <Page title={t('workflows.title')} text={t('workflows.text')} actions={create}>
      <Group>
        <TextInput
          w={320}
          placeholder={t('workflows.search')}
          aria-label={t('workflows.search')}
          leftSection={<IconSearch size={16} aria-hidden />}
          defaultValue={search}
          onChange={(event) => find(event.currentTarget.value)}
          data-testid="workflow-search"
        />
        <Select
          w={190}
          clearable
          placeholder={t('workflows.anyStatus')}
          aria-label={t('workflows.anyStatus')}
          data={statuses.map((value) => ({ value, label: t(`status.${value}`) }))}
          value={status ?? null}
          onChange={(value) => void navigate({ search: { search, status: value ?? undefined } })}
        />
      </Group>
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data?.items.length === 0 && (
        <div className="surface">
          {filtered ? (
            <EmptyState icon={IconSearch} title={t('workflows.none')} text={t('workflows.noneText')} />
          ) : (
            <EmptyState icon={IconRoute2} title={t('workflows.first')} text={create ? t('workflows.firstText') : t('workflows.noneMay')}>
              {create && (
                <Button onClick={open} data-testid="first-workflow">
                  {t('workflows.firstButton')}
                </Button>
              )}
            </EmptyState>
          )}
        </div>
      )}
      {data && data.items.length > 0 && (
        <>
          <WorkflowTable workflows={data.items} />
          <Pager pagination={data.pagination} onPage={(next) => void navigate({ search: { status, search, page: next } })} />
        </>
      )}
      <CreateDialog opened={creating} onClose={close} />
    </Page>
  );
}

function WorkflowTable({ workflows }: { workflows: WorkflowSummary[] }) {
  const { t } = useTranslation();
  return (
    <Table.ScrollContainer type="native" minWidth={640} className="surface">
      <Table highlightOnHover verticalSpacing="sm" horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('workflows.name')}</Table.Th>
            <Table.Th w={130}>{t('common.status')}</Table.Th>
            <Table.Th w={210}>{t('workflows.version')}</Table.Th>
            <Table.Th w={150}>{t('workflows.changed')}</Table.Th>
            <Table.Th w={56} className="row-actions">
              <VisuallyHidden>{t('common.actions')}</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {workflows.map((workflow) => (
            <WorkflowRow key={workflow.workflow_id} workflow={workflow} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function WorkflowRow({ workflow }: { workflow: WorkflowSummary }) {
  const { t } = useTranslation();
  const params = { workflowId: workflow.workflow_id };
  const version = workflow.published_version ?? undefined;
  const archived = workflow.status === 'archived';
  return (
    <Table.Tr data-testid="workflow-row" data-status={workflow.status}>
      <Table.Td>
        <AnchorLink to="/workflows/$workflowId" params={params} fw={600} c="inherit">
          {workflow.name}
        </AnchorLink>
        {workflow.description && (
          <Text size="xs" c="var(--sf-muted)" lineClamp={1}>
            {workflow.description}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <StatusBadge status={workflow.status} />
        {workflow.paused && (
          <Tooltip label={t('pause.consequence')} multiline maw={280}>
            <Badge color="yellow" mt={4} leftSection={<IconPlayerPause size={12} aria-hidden />} data-testid="paused-badge">
              {t('pause.paused')}
            </Badge>
          </Tooltip>
        )}
      </Table.Td>
      <Table.Td>
        <Group gap={8}>
          {version !== undefined && (
            <Text size="sm" c={archived ? 'var(--sf-muted)' : undefined}>
              {archived ? t('workflows.versionWas', { version }) : t('workflows.versionNumber', { version })}
            </Text>
          )}
          {version !== undefined && !archived && workflow.has_unpublished_changes && <Badge color="gray">{t('workflows.unpublished')}</Badge>}
        </Group>
      </Table.Td>
      <Table.Td className="muted" fz="sm">
        <Ago at={workflow.updated_at} />
      </Table.Td>
      <Table.Td className="row-actions">
        <RowMenu workflow={workflow} />
      </Table.Td>
    </Table.Tr>
  );
}

function RowMenu({ workflow }: { workflow: WorkflowSummary }) {
  const { t } = useTranslation();
  const restore = useRestore(workflow.workflow_id);
  const [archiving, { open: archive, close: keep }] = useDisclosure(false);
  const pause = usePause(workflow.workflow_id);
  const [sharing, { open: share, close }] = useDisclosure(false);
  return (
    <>
      <Menu position="bottom-end" width={190}>
        <Menu.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t('workflows.actions', { name: workflow.name })}
            loading={restore.isPending || pause.isPending}
            data-testid="workflow-actions"
          >
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <MenuLink to="/executions" search={{ workflow_id: workflow.workflow_id }} leftSection={<IconListDetails size={16} aria-hidden />}>
            {t('nav.executions')}
          </MenuLink>
          <MenuLink
            to="/workflows/$workflowId/webhooks"
            params={{ workflowId: workflow.workflow_id }}
            leftSection={<IconWebhook size={16} aria-hidden />}
          >
            {t('webhooks.title')}
          </MenuLink>
          {allows(workflow, 'update') && (
            <Menu.Item leftSection={<IconShare2 size={16} aria-hidden />} onClick={share} data-testid="share">
              {t('sharing.title')}
            </Menu.Item>
          )}
          {workflow.status === 'active' && allows(workflow, 'publish') && (
            <Menu.Item
              leftSection={workflow.paused ? <IconPlayerPlay size={16} aria-hidden /> : <IconPlayerPause size={16} aria-hidden />}
              onClick={() => pause.mutate(!workflow.paused)}
              data-testid="toggle-pause"
            >
              {workflow.paused ? t('pause.resume') : t('pause.pause')}
            </Menu.Item>
          )}
          {workflow.status !== 'archived' && allows(workflow, 'archive') && (
            <Menu.Item c="var(--sf-failed)" leftSection={<IconArchive size={16} aria-hidden />} onClick={archive} data-testid="archive">
              {t('workflows.archive')}
            </Menu.Item>
          )}
          {workflow.status === 'archived' && allows(workflow, 'restore') && (
            <Menu.Item leftSection={<IconArchiveOff size={16} aria-hidden />} onClick={() => restore.mutate()} data-testid="restore">
              {t('archive.restore')}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {sharing && <SharingDrawer workflow={workflow} onClose={close} />}
      {archiving && <ArchiveDialog workflow={workflow} onClose={keep} />}
    </>
  );
}
