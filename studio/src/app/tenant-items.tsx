import { Menu } from '@mantine/core';
import { IconBuilding } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ownTenantsQuery, switchTenant } from '@/api/tenants';

/** The other tenants that one belongs to, to go on in. */
export function TenantItems() {
  const { t } = useTranslation();
  const { data } = useQuery(ownTenantsQuery);
  // Nothing that is on the page belongs to the other tenant.
  const change = useMutation({ mutationFn: switchTenant, onSuccess: () => window.location.assign('/workflows') });
  const others = data?.items.filter(({ is_current }) => !is_current) ?? [];
  if (others.length === 0) return null;
  return (
    <>
      <Menu.Label>{t('nav.switch')}</Menu.Label>
      {others.map(({ tenant_id, name, status }) => (
        <Menu.Item
          key={tenant_id}
          leftSection={<IconBuilding size={16} aria-hidden />}
          disabled={status === 'suspended' || change.isPending}
          onClick={() => change.mutate(tenant_id)}
          style={{ overflowWrap: 'anywhere' }}
          data-testid="switch-tenant"
        >
          {name}
        </Menu.Item>
      ))}
      <Menu.Divider />
    </>
  );
}
