import { notifications } from '@mantine/notifications';
import { errorText } from './error-text';

export function notifyError(error: unknown): void {
  const { title, message } = errorText(error);
  notifications.show({ color: 'red', title, message, autoClose: 8_000 });
}

export const notifyDone = (message: string) => notifications.show({ color: 'teal', message, autoClose: 2_500 });

export const notifyRefused = (message: string) => notifications.show({ id: 'refused', color: 'orange', message, autoClose: 5_000 });
