import { Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Webhook } from '@/api/types';
import { CodeBlock } from './code-block';
import { CopyButton } from './copy-button';

/** A shell reads what stands between single quotes as it is, except the quote itself. */
const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

const curlOf = (url: string) => `curl -X POST ${quoted(url)} \\\n  -H 'Content-Type: application/json' \\\n  -d '{"name": "Ada"}'`;

export function WebhookAddress({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation();
  if (webhook.url === null) {
    return <Text size="sm">{t('webhooks.unreadable')}</Text>;
  }

  return (
    <Stack gap={8} data-testid="webhook-address">
      <Group gap={6} wrap="nowrap">
        <Text size="sm" className="mono" data-testid="webhook-url" style={{ overflowWrap: 'anywhere' }}>
          {webhook.url}
        </Text>
        <CopyButton value={webhook.url} />
      </Group>
      <Text size="xs" c="var(--sf-muted)">
        {webhook.require_signature ? t('webhooks.signature') : t('webhooks.curl')}
      </Text>
      {webhook.secret && (
        <Group gap={6} wrap="nowrap">
          <Text size="sm">
            {t('webhooks.secret')}{' '}
            <span className="mono" data-testid="webhook-secret" style={{ overflowWrap: 'anywhere' }}>
              {webhook.secret}
            </span>
          </Text>
          <CopyButton value={webhook.secret} />
        </Group>
      )}
      {!webhook.require_signature && <CodeBlock text={curlOf(webhook.url)} testId="webhook-curl" />}
    </Stack>
  );
}
