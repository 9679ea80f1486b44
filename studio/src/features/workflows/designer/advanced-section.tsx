import { Accordion, Code, Group, Select, Stack, Switch, Text, Textarea } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Activity, Node } from '@/api/types';
import { CopyButton } from '@/components/copy-button';
import { NumberInput } from '../config/number-input';

interface AdvancedSectionProps {
  id: string;
  node: Node;
  activity: Activity | undefined;
  patch: (part: Partial<Node>, field: string) => void;
  /** Whether it is open from the beginning. */
  opened: boolean;
}

const onErrors = ['fail', 'continue', 'error_port'] as const;
const backoffs = ['fixed', 'exponential'] as const;

export function AdvancedSection({ id, node, activity, patch, opened }: AdvancedSectionProps) {
  const { t } = useTranslation();
  const effective = node.retry ?? activity?.default_retry;
  const retry = {
    max_attempts: effective?.max_attempts ?? 3,
    backoff: effective?.backoff ?? 'exponential',
    initial_seconds: effective?.initial_seconds ?? 1,
  };
  const number = (value: unknown, otherwise: number) => (typeof value === 'number' ? value : otherwise);
  return (
    <Accordion defaultValue={opened ? 'advanced' : null} variant="separated" chevronPosition="left" radius="md">
      <Accordion.Item value="advanced">
        <Accordion.Control data-testid="node-advanced">
          <Text size="sm" fw={500}>
            {t('node.advanced')}
          </Text>
        </Accordion.Control>
        <Accordion.Panel>
          <Stack gap="sm">
            <Group gap={6}>
              <Text size="xs" c="var(--sf-muted)">
                {t('node.id')}
              </Text>
              <Code>{id}</Code>
              <CopyButton value={id} />
            </Group>
            <Textarea
              label={t('node.description')}
              autosize
              minRows={2}
              value={node.description ?? ''}
              onChange={(event) => patch({ description: event.currentTarget.value }, 'description')}
              data-testid="node-description"
            />
            <Switch
              label={t('node.enabled')}
              checked={node.enabled !== false}
              onChange={(event) => patch({ enabled: event.currentTarget.checked }, 'enabled')}
            />
            {!activity?.is_trigger && (
              <>
                <Select
                  label={t('node.onError')}
                  allowDeselect={false}
                  data={onErrors.map((value) => ({ value, label: t(`node.onErrors.${value}`) }))}
                  value={node.on_error ?? 'fail'}
                  onChange={(value) => patch({ on_error: onErrors.find((known) => known === value) }, 'on_error')}
                  data-testid="node-on-error"
                />
                <NumberInput
                  label={t('node.timeout')}
                  value={node.timeout_seconds ?? undefined}
                  placeholder={String(activity?.default_timeout_seconds ?? '')}
                  onChange={(value) => patch({ timeout_seconds: typeof value === 'number' ? value : null }, 'timeout')}
                />
                <Switch
                  label={t('node.retry')}
                  checked={node.retry !== undefined && node.retry !== null}
                  onChange={(event) => patch({ retry: event.currentTarget.checked ? retry : null }, 'retry')}
                  data-testid="node-retry"
                />
                {node.retry && (
                  <Group grow align="flex-end">
                    <NumberInput
                      size="xs"
                      label={t('node.attempts')}
                      value={retry.max_attempts}
                      onChange={(value) => patch({ retry: { ...retry, max_attempts: number(value, 1) } }, 'retry.attempts')}
                    />
                    <NumberInput
                      size="xs"
                      label={t('node.initialSeconds')}
                      value={retry.initial_seconds}
                      onChange={(value) => patch({ retry: { ...retry, initial_seconds: number(value, 0) } }, 'retry.initial')}
                    />
                  </Group>
                )}
                {node.retry && (
                  <Select
                    size="xs"
                    label={t('node.backoff')}
                    allowDeselect={false}
                    data={backoffs.map((value) => ({ value, label: t(`node.backoffs.${value}`) }))}
                    value={retry.backoff}
                    onChange={(value) =>
                      patch({ retry: { ...retry, backoff: backoffs.find((known) => known === value) ?? 'fixed' } }, 'retry.backoff')
                    }
                  />
                )}
              </>
            )}
          </Stack>
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  );
}
