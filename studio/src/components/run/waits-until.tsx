import { useTranslation } from 'react-i18next';
import type { NodeState } from '@/api/types';
import { formatMoment } from '@/lib/format';

/** Until when a waiting node waits; nothing of a node that doesn't. */
export function WaitsUntil({ state: { status, waiting_until } }: { state: Pick<NodeState, 'status' | 'waiting_until'> }) {
  const { t, i18n } = useTranslation();
  if (status !== 'waiting') return null;
  return (
    <span data-testid="waits-until" data-until={waiting_until ?? undefined}>
      {waiting_until ? <time dateTime={waiting_until}>{t('runs.until', { when: formatMoment(waiting_until, i18n.language) })}</time> : t('runs.untilAnswered')}
    </span>
  );
}
