import { ActionIcon, Tooltip } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';

interface RowActionProps {
  icon: Icon;
  /** In words, and for whom. */
  label: string;
  tip: string;
  onClick: () => void;
  testId: string;
}

/** A small button at the end of a row. */
export function RowAction({ icon: ActionSymbol, label, tip, onClick, testId }: RowActionProps) {
  return (
    <Tooltip label={tip}>
      <ActionIcon variant="subtle" color="gray" onClick={onClick} aria-label={label} data-testid={testId}>
        <ActionSymbol size={17} />
      </ActionIcon>
    </Tooltip>
  );
}
