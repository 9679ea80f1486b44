import { Alert, Button, Group, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/client';
import { errorText } from '@/lib/error-text';

interface ErrorNoticeProps {
  error: unknown;
  onRetry?: () => void;
}

/** A refusal that explains itself: what, why, the numbers behind it, and the code to quote to support. */
export function ErrorNotice({ error, onRetry }: ErrorNoticeProps) {
  const { t } = useTranslation();
  const { title, message, facts } = errorText(error);
  const reason = error instanceof ApiError ? error.reason : undefined;
  return (
    <Alert color="red" title={title} icon={<IconAlertTriangle aria-hidden />} role="alert" data-testid="error-notice" maw={640}>
      <Text size="sm">{message}</Text>
      {facts.map(([name, value]) => (
        <Text key={name} size="sm" c="var(--sf-muted)">
          {name}: <strong>{value}</strong>
        </Text>
      ))}
      {(reason ?? onRetry) && (
        <Group mt="xs" gap="sm">
          {onRetry && (
            <Button size="xs" variant="default" onClick={onRetry}>
              {t('error.retry')}
            </Button>
          )}
          {reason && (
            <Text size="xs" className="mono" c="var(--sf-muted)">
              {reason}
            </Text>
          )}
        </Group>
      )}
    </Alert>
  );
}
