import { Badge, Group, Table, Text, Tooltip } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ApiKey } from '@/api/types';
import { formatDay, formatTime } from '@/lib/format';
import { useNow } from '@/lib/use-now';
import { Ago } from '../ago';
import { RowAction } from '../row-action';

export function ApiKeyTable({ items, onRevoke }: { items: ApiKey[]; onRevoke: (key: ApiKey) => void }) {
  const { t } = useTranslation();
  return (
    <Table.ScrollContainer type="native" minWidth={720}>
      <Table highlightOnHover verticalSpacing="sm" horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('apiKeys.name')}</Table.Th>
            <Table.Th>{t('apiKeys.permissions')}</Table.Th>
            <Table.Th w={130}>{t('apiKeys.expires')}</Table.Th>
            <Table.Th w={150}>{t('apiKeys.lastUsed')}</Table.Th>
            <Table.Th w={56} />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((key) => (
            <Table.Tr key={key.api_key_id} data-testid="api-key-row">
              <Table.Td maw={240}>
                <Text size="sm" fw={600} truncate title={key.name}>
                  {key.name}
                </Text>
                <Text size="xs" className="mono" c="var(--sf-muted)">
                  {key.prefix}…
                </Text>
              </Table.Td>
              <Table.Td>
                <Permissions names={key.permissions} />
              </Table.Td>
              <Table.Td className="muted">
                <Expiry at={key.expires_at} />
              </Table.Td>
              <Table.Td className="muted">{key.last_used_at ? <Ago at={key.last_used_at} /> : t('apiKeys.never')}</Table.Td>
              <Table.Td>
                <RowAction
                  icon={IconTrash}
                  tip={t('apiKeys.revokeAction')}
                  label={t('apiKeys.revoke', { name: key.name })}
                  onClick={() => onRevoke(key)}
                  testId="revoke-api-key"
                />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

const shown = 2;

function Permissions({ names }: { names: string[] }) {
  const rest = names.slice(shown);
  return (
    <Group gap={4}>
      {names.slice(0, shown).map((name) => (
        <Badge key={name} color="gray" fw={500}>
          {name}
        </Badge>
      ))}
      {rest.length > 0 && (
        <Tooltip label={rest.join(', ')} multiline maw={320}>
          <Badge color="gray" tabIndex={0}>
            +{rest.length}
          </Badge>
        </Tooltip>
      )}
    </Group>
  );
}

function Expiry({ at }: { at: string }) {
  const { t, i18n } = useTranslation();
  const now = useNow();
  if (new Date(at).getTime() <= now) return <Badge color="red">{t('apiKeys.expired')}</Badge>;
  return (
    <Tooltip label={formatTime(at, i18n.language)}>
      <time dateTime={at}>{formatDay(at, i18n.language)}</time>
    </Tooltip>
  );
}
