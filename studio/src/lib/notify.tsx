import { Button, Group } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { errorText } from './error-text';

export function notifyError(error: unknown): void {
  const { title, message } = errorText(error);
  notifications.show({ color: 'red', title, message, autoClose: 8_000 });
}

export const notifyDone = (message: string) => notifications.show({ color: 'teal', message, autoClose: 2_500 });

export const notifyRefused = (message: string) => notifications.show({ id: 'refused', color: 'orange', message, autoClose: 5_000 });

/** Says what was done, with a way back for a while. */
export function notifyUndoable(message: string, action: string, onUndo: () => void): void {
  const id = notifications.show({
    color: 'teal',
    autoClose: 12_000,
    message: (
      <Group justify="space-between" gap="sm" wrap="nowrap">
        <span>{message}</span>
        <Button size="compact-sm" variant="light" onClick={() => undo()} data-testid="undo-done">
          {action}
        </Button>
      </Group>
    ),
  });
  const undo = () => {
    notifications.hide(id);
    onUndo();
  };
}
