import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { tenantQuery } from '@/api/tenants';
import { ErrorNotice } from '@/components/error-notice';
import { Loading, Page } from '@/components/page';
import { useMay } from '@/components/use-may';
import { CloseSection } from './close-section';
import { ExportSection } from './export-section';
import { LeaveSection } from './leave-section';
import { NameForm } from './name-form';

/** The tenant itself: its name, its data, its end, and one's own leave. */
export function TenantPage() {
  const { t } = useTranslation();
  const may = useMay();
  const { data, error, refetch } = useQuery(tenantQuery);
  return (
    <Page title={t('auth.tenant')} text={t('tenant.text')}>
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data && (
        <>
          {may('manage:tenant') && <NameForm tenant={data} />}
          {may('manage:tenant') && <ExportSection slug={data.slug} />}
          <LeaveSection name={data.name} />
          {may('delete:tenant') && <CloseSection tenant={data} />}
        </>
      )}
    </Page>
  );
}
