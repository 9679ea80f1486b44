import { Stack } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Page } from '@/api/types';
import { EmptyState } from './empty-state';
import { ErrorNotice } from './error-notice';
import { Loading } from './page';
import { Pager } from './pager';

interface ListingProps<T> {
  query: UseQueryResult<Page<T>>;
  empty: { icon: Icon; title: string; text: string; action?: ReactNode };
  onPage: (page: number) => void;
  children: (items: T[]) => ReactNode;
}

/** A page of a list in each of its states: asked for, refused, empty, there. */
export function Listing<T>({ query: { data, error, refetch }, empty, onPage, children }: ListingProps<T>) {
  return (
    <Stack gap="sm">
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data && (
        <div className="surface">
          {data.items.length > 0 ? (
            children(data.items)
          ) : (
            <EmptyState icon={empty.icon} title={empty.title} text={empty.text}>
              {empty.action}
            </EmptyState>
          )}
        </div>
      )}
      {data && data.items.length > 0 && <Pager pagination={data.pagination} onPage={onPage} />}
    </Stack>
  );
}
