import { Button } from '@mantine/core';
import { IconBuilding } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { restoreTenant } from '@/api/tenants';
import type { TenantDetails } from '@/api/types';
import { EmptyState } from '@/components/empty-state';
import { ErrorNotice } from '@/components/error-notice';
import { formatTime } from '@/lib/format';
import { useChange } from '@/lib/use-change';

/** A tenant in its grace period: all that its owners can do in it is to take the deletion back. */
export function ClosedTenant({ tenant: { name, delete_at } }: { tenant: TenantDetails }) {
  const { t, i18n } = useTranslation();
  const queryClient = useQueryClient();
  const restore = useChange(restoreTenant, [], () => void queryClient.invalidateQueries());
  return (
    <EmptyState
      icon={IconBuilding}
      title={t('tenant.closed', { name })}
      text={delete_at === null ? t('tenant.closedNow') : t('tenant.closedText', { when: formatTime(delete_at, i18n.language) })}
    >
      {restore.error && <ErrorNotice error={restore.error} />}
      <Button loading={restore.isPending} onClick={() => restore.mutate()} data-testid="tenant-restore">
        {t('tenant.restore')}
      </Button>
    </EmptyState>
  );
}
