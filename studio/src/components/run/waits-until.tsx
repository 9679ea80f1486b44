import { useTranslation } from 'react-i18next';
import type { NodeState } from '@/api/types';
import { formatMoment } from '@/lib/format';

const ends: Record<string, 'untilEvent' | 'untilEnded'> = { action_wait_event: 'untilEvent', action_workflow: 'untilEnded' };

interface WaitsUntilProps {
  /** The type of the node: what it waits for if not for a time. */
  type?: string;
  state: Pick<NodeState, 'status' | 'waiting_until'>;
}

/** Until when a waiting node waits, or for what; nothing of a node that doesn't. */
export function WaitsUntil({ type, state: { status, waiting_until } }: WaitsUntilProps) {
  const { t, i18n } = useTranslation();
  if (status !== 'waiting') return null;
  return (
    <span data-testid="waits-until" data-until={waiting_until ?? undefined}>
      {waiting_until ? (
        <time dateTime={waiting_until}>{t('runs.until', { when: formatMoment(waiting_until, i18n.language) })}</time>
      ) : (
        t(`runs.${ends[type ?? ''] ?? 'untilAnswered'}`)
      )}
    </span>
  );
}
