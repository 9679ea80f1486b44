import { Code, Group, SimpleGrid, Stack, Table, Text, UnstyledButton } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { Fragment, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AuditEntry } from '@/api/types';
import { JsonBlock } from '@/components/code-block';
import { formatTime } from '@/lib/format';

export function AuditTable({ entries }: { entries: AuditEntry[] }) {
  const { t, i18n } = useTranslation();
  const [open, setOpen] = useState<string>();
  return (
    <Table.ScrollContainer type="native" minWidth={860} className="surface">
      <Table verticalSpacing="sm" horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={40} />
            <Table.Th w={210}>{t('audit.when')}</Table.Th>
            <Table.Th>{t('audit.who')}</Table.Th>
            <Table.Th>{t('audit.action')}</Table.Th>
            <Table.Th>{t('audit.what')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {entries.map((entry) => {
            const isOpen = open === entry.entry_id;
            return (
              <Fragment key={entry.entry_id}>
                <Table.Tr data-testid="audit-row" data-action={entry.action}>
                  <Table.Td>
                    <UnstyledButton
                      aria-expanded={isOpen}
                      aria-label={t('audit.details')}
                      onClick={() => setOpen(isOpen ? undefined : entry.entry_id)}
                    >
                      <IconChevronRight size={16} aria-hidden style={{ transform: isOpen ? 'rotate(90deg)' : undefined }} />
                    </UnstyledButton>
                  </Table.Td>
                  <Table.Td className="muted">
                    <time dateTime={entry.at}>{formatTime(entry.at, i18n.language)}</time>
                  </Table.Td>
                  <Table.Td>{entry.actor.name ?? t(`audit.actors.${entry.actor.kind}`)}</Table.Td>
                  <Table.Td>
                    <Code>{entry.action}</Code>
                  </Table.Td>
                  <Table.Td style={{ overflowWrap: 'anywhere' }}>{entry.target.name ?? entry.target.id}</Table.Td>
                </Table.Tr>
                {isOpen && (
                  <Table.Tr>
                    <Table.Td />
                    <Table.Td colSpan={4}>
                      <Details entry={entry} />
                    </Table.Td>
                  </Table.Tr>
                )}
              </Fragment>
            );
          })}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Details({ entry }: { entry: AuditEntry }) {
  const { t } = useTranslation();
  const { before = null, after = null, credential, number } = entry;
  const facts = [
    [t('audit.target'), `${entry.target.type} ${entry.target.id}`],
    [t('audit.address'), entry.address],
    [t('audit.program'), entry.user_agent],
    [t('audit.credential'), credential && `${credential.kind} ${credential.id}`],
    [t('audit.correlation'), entry.correlation_id],
    [t('audit.number'), number === null ? t('audit.unsealed') : String(number)],
  ] as const;
  return (
    <Stack gap="sm" data-testid="audit-details">
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        {before !== null && <State title={t('audit.before')} value={before} />}
        {after !== null && <State title={t('audit.after')} value={after} />}
      </SimpleGrid>
      {facts.map(
        ([name, value]) =>
          value && (
            <Group key={name} gap="xs" wrap="nowrap" align="baseline">
              <Text size="xs" c="var(--sf-muted)" w={110} style={{ flexShrink: 0 }}>
                {name}
              </Text>
              <Text size="xs" style={{ overflowWrap: 'anywhere' }}>
                {value}
              </Text>
            </Group>
          ),
      )}
    </Stack>
  );
}

function State({ title, value }: { title: string; value: unknown }) {
  return (
    <div>
      <Text size="xs" fw={600} mb={4}>
        {title}
      </Text>
      <JsonBlock value={value} />
    </div>
  );
}
