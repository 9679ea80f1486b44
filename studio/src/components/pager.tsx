import { Group, Pagination as Pages, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Pagination } from '@/api/types';

interface PagerProps {
  pagination: Pagination;
  onPage: (page: number) => void;
}

export function Pager({ pagination, onPage }: PagerProps) {
  const { t } = useTranslation();
  const { page, per_page, total, total_pages } = pagination;
  if (total === 0) return null;
  return (
    <Group justify="space-between">
      <Text size="xs" c="var(--sf-muted)">
        {t('pager.range', { from: (page - 1) * per_page + 1, to: Math.min(page * per_page, total), total })}
      </Text>
      {total_pages > 1 && (
        <Pages
          size="sm"
          value={page}
          total={total_pages}
          onChange={onPage}
          getControlProps={(control) => ({ 'aria-label': t(`pager.${control}`) })}
        />
      )}
    </Group>
  );
}
