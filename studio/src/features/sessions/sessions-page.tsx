import { Badge, Button, Group, Table, Text, ThemeIcon } from '@mantine/core';
import { IconDeviceDesktop, IconDeviceMobile, IconDevices, IconTerminal2, type Icon } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { endOtherSessions, endSession, sessions, sessionsQuery } from '@/api/sessions';
import type { Session } from '@/api/types';
import { Ago } from '@/components/ago';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { Listing } from '@/components/listing';
import { Page } from '@/components/page';
import { deviceOf, type Device } from '@/lib/device';

const route = getRouteApi('/shell/settings/sessions');

/** Where one is signed in. */
export function SessionsPage() {
  const { t } = useTranslation();
  const { page = 1 } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(sessionsQuery(page));
  const [ending, setEnding] = useState<Session | 'others'>();
  const close = () => setEnding(undefined);
  const endOthers = (
    <Button variant="default" disabled={(query.data?.pagination.total ?? 0) < 2} onClick={() => setEnding('others')} data-testid="end-other-sessions">
      {t('sessions.endOthers')}
    </Button>
  );
  return (
    <Page title={t('sessions.title')} text={t('sessions.text')} actions={endOthers}>
      <Listing
        query={query}
        empty={{ icon: IconDevices, title: t('sessions.none'), text: t('sessions.noneText') }}
        onPage={(next) => void navigate({ search: { page: next } })}
      >
        {(items) => <SessionTable items={items} onEnd={setEnding} />}
      </Listing>
      {ending === 'others' && (
        <ConfirmDialog
          title={t('sessions.endOthers')}
          text={t('sessions.endOthersText')}
          action={t('sessions.endAction')}
          onConfirm={endOtherSessions}
          touched={[sessions]}
          onClose={close}
        />
      )}
      {ending && ending !== 'others' && (
        <ConfirmDialog
          title={t('sessions.end')}
          text={t('sessions.endText')}
          action={t('sessions.endAction')}
          onConfirm={() => endSession(ending.session_id)}
          touched={[sessions]}
          onClose={close}
        />
      )}
    </Page>
  );
}

const icons: Record<Device['kind'], Icon> = { desktop: IconDeviceDesktop, phone: IconDeviceMobile, program: IconTerminal2 };

function SessionTable({ items, onEnd }: { items: Session[]; onEnd: (session: Session) => void }) {
  const { t } = useTranslation();
  return (
    <Table.ScrollContainer type="native" minWidth={640}>
      <Table verticalSpacing="sm" horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('sessions.device')}</Table.Th>
            <Table.Th w={150}>{t('sessions.address')}</Table.Th>
            <Table.Th w={130}>{t('sessions.since')}</Table.Th>
            <Table.Th w={150}>{t('sessions.lastUsed')}</Table.Th>
            <Table.Th w={120} />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((session) => (
            <Table.Tr key={session.session_id} data-testid="session-row" data-current={session.is_current}>
              <Table.Td>
                <DeviceName session={session} />
              </Table.Td>
              <Table.Td className="muted mono">{session.address ?? '–'}</Table.Td>
              <Table.Td className="muted">
                <Ago at={session.created_at} />
              </Table.Td>
              <Table.Td className="muted">
                <Ago at={session.last_used_at} />
              </Table.Td>
              <Table.Td ta="right">
                {!session.is_current && (
                  <Button size="xs" variant="default" onClick={() => onEnd(session)} data-testid="end-session">
                    {t('sessions.endAction')}
                  </Button>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function DeviceName({ session }: { session: Session }) {
  const { t } = useTranslation();
  const { name, system, kind } = deviceOf(session.user_agent);
  const KindIcon = icons[kind];
  const shown = name ?? t('sessions.unknown');
  return (
    <Group gap="sm" wrap="nowrap" title={session.user_agent ?? undefined}>
      <ThemeIcon variant="light" color={session.is_current ? 'tide' : 'gray'} size={34}>
        <KindIcon size={19} stroke={1.6} aria-hidden />
      </ThemeIcon>
      <Text size="sm" fw={600}>
        {system === undefined ? shown : t('sessions.on', { browser: shown, system })}
      </Text>
      {session.is_current && <Badge miw="max-content">{t('sessions.current')}</Badge>}
    </Group>
  );
}
