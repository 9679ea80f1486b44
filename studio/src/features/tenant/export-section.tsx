import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { exportTenant } from '@/api/tenants';
import { ErrorNotice } from '@/components/error-notice';
import { Section } from '@/components/section';
import { download } from '@/lib/download';
import { useChange } from '@/lib/use-change';

export function ExportSection({ slug }: { slug: string }) {
  const { t } = useTranslation();
  const save = useChange(exportTenant, [], (file) => download(file, `${slug}-${new Date().toISOString().slice(0, 10)}.jsonl`));
  return (
    <Section title={t('tenant.export')} text={t('tenant.exportText')}>
      {save.error && <ErrorNotice error={save.error} />}
      <Button
        variant="default"
        leftSection={<IconDownload size={16} aria-hidden />}
        loading={save.isPending}
        onClick={() => save.mutate()}
        data-testid="tenant-export"
      >
        {t('common.download')}
      </Button>
    </Section>
  );
}
