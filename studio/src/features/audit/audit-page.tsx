import { Button, Group, Menu, Stack, TextInput } from '@mantine/core';
import { useDebouncedCallback, useDisclosure } from '@mantine/hooks';
import { IconDownload, IconHistory, IconSearch, IconShieldCheck } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { auditExportUrl, auditQuery, type AuditFilter } from '@/api/audit';
import { EmptyState } from '@/components/empty-state';
import { ErrorNotice } from '@/components/error-notice';
import { Loading, Page } from '@/components/page';
import { AuditTable } from './audit-table';
import { VerifyDialog } from './verify-dialog';

const route = getRouteApi('/shell/settings/audit');

/** The audit log, newest entries first. */
export function AuditPage() {
  const { t } = useTranslation();
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(auditQuery(filter));
  const entries = data?.pages.flatMap((page) => page.entries);
  const set = (change: AuditFilter) => void navigate({ search: { ...filter, ...change }, replace: true });
  const find = useDebouncedCallback((search: string) => set({ search: search || undefined }), 250);
  const only = useDebouncedCallback((action: string) => set({ action: action || undefined }), 250);
  const isFiltered = (filter.search ?? filter.action ?? filter.from ?? filter.to) !== undefined;
  const [verifying, { open, close }] = useDisclosure(false);
  const actions = (
    <Group gap="xs">
      <Button variant="default" leftSection={<IconShieldCheck size={16} aria-hidden />} onClick={open} data-testid="audit-verify">
        {t('audit.verify')}
      </Button>
      <Export filter={filter} />
    </Group>
  );
  return (
    <Page title={t('audit.title')} text={t('audit.text')} actions={actions}>
      <Group align="flex-end">
        <TextInput
          w={260}
          leftSection={<IconSearch size={15} aria-hidden />}
          label={t('audit.search')}
          placeholder={t('audit.searchHint')}
          defaultValue={filter.search}
          onChange={(event) => find(event.currentTarget.value)}
          data-testid="audit-search"
        />
        <TextInput
          w={220}
          label={t('audit.action')}
          placeholder="workflow.published"
          defaultValue={filter.action}
          onChange={(event) => only(event.currentTarget.value.trim())}
        />
        <TextInput
          type="date"
          label={t('audit.from')}
          defaultValue={filter.from}
          onChange={(event) => set({ from: event.currentTarget.value || undefined })}
        />
        <TextInput
          type="date"
          label={t('audit.to')}
          defaultValue={filter.to}
          onChange={(event) => set({ to: event.currentTarget.value || undefined })}
        />
      </Group>
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Loading />}
      {entries?.length === 0 && (
        <div className="surface">
          <EmptyState
            icon={IconHistory}
            title={isFiltered ? t('audit.noMatch') : t('audit.none')}
            text={isFiltered ? t('audit.noMatchText') : t('audit.noneText')}
          />
        </div>
      )}
      {entries && entries.length > 0 && (
        <Stack gap="sm">
          <AuditTable entries={entries} />
          {hasNextPage && (
            <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()} style={{ alignSelf: 'center' }}>
              {t('common.more')}
            </Button>
          )}
        </Stack>
      )}
      {verifying && <VerifyDialog onClose={close} />}
    </Page>
  );
}

function Export({ filter }: { filter: AuditFilter }) {
  const { t } = useTranslation();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />}>
          {t('audit.export')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component="a" href={auditExportUrl(filter, 'csv')} download>
          CSV
        </Menu.Item>
        <Menu.Item component="a" href={auditExportUrl(filter, 'jsonl')} download>
          JSON Lines
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
