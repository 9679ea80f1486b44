import { Badge, Button, Group, Table, Text, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconKey, IconPlus, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { apiKeys, apiKeysQuery, revokeApiKey } from '@/api/api-keys';
import type { ApiKey } from '@/api/types';
import { Ago } from '@/components/ago';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { Listing } from '@/components/listing';
import { Page } from '@/components/page';
import { RowAction } from '@/components/row-action';
import { formatDay, formatTime } from '@/lib/format';
import { useNow } from '@/lib/use-now';
import { CreateApiKeyDialog } from './create-dialog';

const route = getRouteApi('/shell/settings/api-keys');

export function ApiKeysPage() {
  const { t } = useTranslation();
  const { page = 1 } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(apiKeysQuery(page));
  const [creating, { open, close }] = useDisclosure(false);
  const [doomed, setDoomed] = useState<ApiKey>();
  const create = (
    <Button leftSection={<IconPlus size={17} aria-hidden />} onClick={open} data-testid="create-api-key">
      {t('apiKeys.create')}
    </Button>
  );
  return (
    <Page title={t('apiKeys.title')} text={t('apiKeys.text')} actions={create}>
      <Listing query={query} empty={{ icon: IconKey, title: t('apiKeys.none'), text: t('apiKeys.noneText') }} onPage={(next) => void navigate({ search: { page: next } })}>
        {(items) => <ApiKeyTable items={items} onRevoke={setDoomed} />}
      </Listing>
      {creating && <CreateApiKeyDialog onClose={close} />}
      {doomed && (
        <ConfirmDialog
          title={t('apiKeys.revoke', { name: doomed.name })}
          text={t('apiKeys.revokeText')}
          action={t('apiKeys.revokeAction')}
          onConfirm={() => revokeApiKey(doomed.api_key_id)}
          touched={[apiKeys]}
          onClose={() => setDoomed(undefined)}
        />
      )}
    </Page>
  );
}

function ApiKeyTable({ items, onRevoke }: { items: ApiKey[]; onRevoke: (key: ApiKey) => void }) {
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
                <RowAction icon={IconTrash} tip={t('apiKeys.revokeAction')} label={t('apiKeys.revoke', { name: key.name })} onClick={() => onRevoke(key)} testId="revoke-api-key" />
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
