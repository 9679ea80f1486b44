import { Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { formatAgo, formatTime } from '@/lib/format';
import { useNow } from '@/lib/use-now';

export function Ago({ at }: { at: string }) {
  const { i18n } = useTranslation();
  const now = useNow();
  // The clock ticks coarsely: something that happened just now must not read as the future.
  const shown = formatAgo(at, i18n.language, Math.max(now, new Date(at).getTime()));
  return (
    <Tooltip label={formatTime(at, i18n.language)}>
      <time dateTime={at}>{shown}</time>
    </Tooltip>
  );
}
