import { Avatar, Button, Group, Menu, Modal, Text, UnstyledButton, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import {
  IconCheck,
  IconChecks,
  IconListDetails,
  IconLogout,
  IconMessages,
  IconPuzzle,
  IconRoute2,
  IconSettings,
  type Icon,
} from '@tabler/icons-react';
import { useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { Link, Outlet, useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { approvalsQuery } from '@/api/approvals';
import { meQuery, signOut } from '@/api/session';
import { signedOut } from '@/api/standing';
import { tenantQuery } from '@/api/tenants';
import { MenuLink } from '@/components/links';
import { LogoMark } from '@/components/logo';
import { SignInAgain } from '@/features/auth/sign-in-again';
import { languages } from '@/lib/i18n';
import { draftKey, dropDrafts, keptDrafts } from '@/lib/kept-draft';
import { useSignal } from '@/lib/signal';
import { ClosedTenant } from './closed-tenant';
import { ConnectionBanner } from './connection-banner';
import classes from './shell.module.css';
import { TenantItems } from './tenant-items';

interface Place {
  to: string;
  label: string;
  icon: Icon;
}

const places = [
  { to: '/workflows', label: 'nav.workflows', icon: IconRoute2 },
  { to: '/executions', label: 'nav.executions', icon: IconListDetails },
  { to: '/approvals', label: 'nav.approvals', icon: IconChecks },
  { to: '/chat', label: 'nav.chat', icon: IconMessages },
] as const satisfies Place[];
const activities = { to: '/activities', label: 'nav.activities', icon: IconPuzzle } as const satisfies Place;
const settings = { to: '/settings', label: 'nav.settings', icon: IconSettings } as const satisfies Place;

export function Shell() {
  const { t } = useTranslation();
  const { data: tenant } = useQuery(tenantQuery);
  const hasEnded = useSignal(signedOut);
  const { data: me } = useSuspenseQuery(meQuery);
  const [first] = useState(me);
  // Another tab signed somebody else in, or went to another tenant: nothing on the page is theirs, nor may it be saved in their name.
  const other = !hasEnded && (me.user.user_id !== first.user.user_id || me.tenant.tenant_id !== first.tenant.tenant_id);
  useEffect(() => {
    if (other) window.location.assign('/workflows');
  }, [other]);
  const closed = tenant?.status === 'closing';
  // Seven places side by side don't fit a phone: the last ones go into the menu.
  const phone = useMediaQuery('(max-width: 600px)', false, { getInitialValueInEffect: false });
  if (other) return null;
  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#main">
        {t('nav.skip')}
      </a>
      <nav className={classes.rail} aria-label={t('nav.label')}>
        <Link to="/workflows" aria-label="SaaSFlows" className={classes.home}>
          <LogoMark size={34} />
        </Link>
        {!closed && places.map((place) => <PlaceLink key={place.to} place={place} />)}
        {!closed && !phone && <PlaceLink place={activities} />}
        <div className={classes.grow} />
        {!closed && !phone && <PlaceLink place={settings} />}
        <UserMenu phone={phone} more={closed || !phone ? [] : [activities, settings]} />
      </nav>
      <main id="main" className={classes.main}>
        <ConnectionBanner />
        <div className={classes.page}>{closed ? <ClosedTenant tenant={tenant} /> : <Outlet />}</div>
      </main>
      {hasEnded && <SignInAgain me={first} />}
    </div>
  );
}

function PlaceLink({ place: { to, label, icon: PlaceIcon } }: { place: (typeof places)[number] | typeof activities | typeof settings }) {
  const { t } = useTranslation();
  return (
    <Link to={to} className={classes.place} data-testid={`nav-${to.slice(1)}`}>
      {to === '/approvals' && <Waiting />}
      <PlaceIcon size={21} stroke={1.6} aria-hidden />
      <span>{t(label)}</span>
    </Link>
  );
}

/** How many decisions wait for whoever is signed in. */
function Waiting() {
  const { t } = useTranslation();
  const { data } = useQuery({ ...approvalsQuery({ page: 1, status: 'pending', mine: true }), refetchInterval: 15_000 });
  const count = data?.pagination.total ?? 0;
  if (count === 0) return null;
  return (
    <span className={classes.count} role="status" aria-label={t('approvals.waiting', { count })} data-testid="approvals-waiting">
      {count > 99 ? '99+' : count}
    </span>
  );
}

const schemes: MantineColorScheme[] = ['auto', 'light', 'dark'];

interface UserMenuProps {
  phone: boolean;
  /** The places that the bar has no room for. */
  more: (typeof activities | typeof settings)[];
}

function UserMenu({ phone, more }: UserMenuProps) {
  const { t, i18n } = useTranslation();
  const { data: me } = useSuspenseQuery(meQuery);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const queryClient = useQueryClient();
  const router = useRouter();
  const [losing, setLosing] = useState(0);

  const leave = async () => {
    // First away from the page, which may still have something to save, or hold its visitor back.
    await router.navigate({ to: '/sign-in' });
    if (router.state.location.pathname !== '/sign-in') return;
    // Leaving works even when the server can't be reached or the session has already ended.
    await signOut().catch(() => undefined);
    dropDrafts(me.user.user_id);
    queryClient.clear();
  };
  const askOrLeave = () => {
    // The designer saves, or asks about, the one that it has open.
    const others = keptDrafts(me.user.user_id).filter(
      (key) => router.state.location.pathname !== `/workflows/${key.slice(draftKey(me.user.user_id, '').length)}`,
    );
    setLosing(others.length);
    if (others.length === 0) void leave();
  };
  const chosen = (on: boolean) => (on ? <IconCheck size={15} aria-hidden /> : null);

  return (
    <>
      <Menu position={phone ? 'top-end' : 'right-end'} width={230} withArrow>
        <Menu.Target>
          <UnstyledButton
            className={phone ? classes.place : classes.user}
            aria-label={phone ? t('nav.more') : t('nav.account')}
            data-testid="user-menu"
          >
            <Avatar color="tide" radius="xl" size={phone ? 21 : 34} name={me.user.username} />
            {phone && <span>{t('nav.more')}</span>}
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          {more.map(({ to, label, icon: PlaceIcon }) => (
            <MenuLink key={to} to={to} leftSection={<PlaceIcon size={16} aria-hidden />} data-testid={`nav-${to.slice(1)}`}>
              {t(label)}
            </MenuLink>
          ))}
          {more.length > 0 && <Menu.Divider />}
          <Menu.Label>
            <strong>{me.tenant.name}</strong>
            <br />
            {me.user.email}
          </Menu.Label>
          <Menu.Divider />
          <TenantItems />
          <Menu.Label>{t('nav.theme')}</Menu.Label>
          {schemes.map((scheme) => (
            <Menu.Item key={scheme} onClick={() => setColorScheme(scheme)} rightSection={chosen(scheme === colorScheme)}>
              {t(`theme.${scheme}`)}
            </Menu.Item>
          ))}
          <Menu.Label>{t('nav.language')}</Menu.Label>
          {Object.entries(languages).map(([code, name]) => (
            <Menu.Item key={code} lang={code} onClick={() => void i18n.changeLanguage(code)} rightSection={chosen(code === i18n.language)}>
              {name}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={askOrLeave} data-testid="sign-out">
            {t('auth.signOut')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {losing > 0 && (
        <Modal opened onClose={() => setLosing(0)} title={t('auth.signOutLosing')}>
          <Text size="sm">{t('auth.signOutText', { count: losing })}</Text>
          <Group justify="flex-end" mt="lg">
            <Button
              variant="default"
              onClick={() => {
                setLosing(0);
                void leave();
              }}
              data-testid="sign-out-anyway"
            >
              {t('auth.signOut')}
            </Button>
            <Button onClick={() => setLosing(0)} data-autofocus>
              {t('designer.leave.stay')}
            </Button>
          </Group>
        </Modal>
      )}
    </>
  );
}
