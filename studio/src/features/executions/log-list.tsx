import { Button, Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { logsQuery } from '@/api/executions';
import { placeOf } from '@/canvas/run';
import { ErrorNotice } from '@/components/error-notice';
import { Loading } from '@/components/page';
import { formatTime } from '@/lib/format';
import classes from './execution-page.module.css';

interface LogListProps {
  executionId: string;
  live: boolean;
  labelOf: (nodeId: string) => string;
}

/** The log entries of an execution, page by page. */
export function LogList({ executionId, live, labelOf }: LogListProps) {
  const { t, i18n } = useTranslation();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    ...logsQuery(executionId),
    refetchInterval: live && 3_000,
  });
  if (error) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  const entries = data.pages.flatMap((page) => page.entries);
  return (
    <Stack gap="xs">
      {entries.map(({ seq, node_id, scope, attempt, at, lines }) => (
        <section key={`${seq} ${node_id}`} className={classes.log} data-testid="log-entry">
          <Text size="xs" c="var(--sf-muted)">
            <time dateTime={at}>{formatTime(at, i18n.language)}</time> · {labelOf(node_id)}
            {scope !== '' && ` · ${placeOf(scope)}`}
            {attempt > 1 && ` · ${t('inspector.attempt', { attempt })}`}
          </Text>
          <pre className={classes.lines}>{lines.join('\n')}</pre>
        </section>
      ))}
      {entries.length === 0 && !hasNextPage && (
        <Text size="sm" c="var(--sf-muted)">
          {t('executions.noLogs')}
        </Text>
      )}
      {hasNextPage && (
        <Button variant="subtle" size="xs" loading={isFetchingNextPage} onClick={() => void fetchNextPage()} data-testid="more-logs">
          {t('common.more')}
        </Button>
      )}
    </Stack>
  );
}
