import { Badge, Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { errorText } from '@/lib/error-text';
import type { SaveState } from './use-autosave';

interface SaveBadgeProps {
  state: SaveState;
  /** Whether this browser has a copy of what the server doesn't have. */
  kept: boolean;
  error: Error | null;
}

const colors = { saved: 'gray', dirty: 'gray', saving: 'gray', local: 'yellow', refused: 'red' } as const satisfies Record<SaveState, string>;

/** Where the changes are: on the server, on their way, or in this browser only. */
export function SaveBadge({ state, kept, error }: SaveBadgeProps) {
  const { t } = useTranslation();
  const shown = !kept && state !== 'saved' ? 'unkept' : state;
  const why = shown === 'refused' ? errorText(error).message : t(`saving.why.${shown}`);
  return (
    <Tooltip label={why} multiline maw={320}>
      <Badge
        color={shown === 'unkept' ? 'red' : colors[state]}
        variant={colors[state] === 'gray' && shown !== 'unkept' ? 'transparent' : 'light'}
        c={colors[state] === 'gray' && shown !== 'unkept' ? 'var(--sf-muted)' : undefined}
        miw="max-content"
        role="status"
        tabIndex={0}
        data-testid="save-state"
        data-dirty={state !== 'saved'}
        data-state={state}
      >
        {t(`saving.${shown}`)}
      </Badge>
    </Tooltip>
  );
}
