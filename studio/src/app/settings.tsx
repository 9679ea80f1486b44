import { Title } from '@mantine/core';
import {
  IconBuilding,
  IconDevices,
  IconHistory,
  IconKey,
  IconLock,
  IconRobot,
  IconShieldCheck,
  IconUsers,
  IconUsersGroup,
  type Icon,
} from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link, Outlet, useLocation, type LinkProps } from '@tanstack/react-router';
import type { ParseKeys } from 'i18next';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { meQuery } from '@/api/session';
import { NotFound } from './fallbacks';
import classes from './settings.module.css';

interface Place {
  to: LinkProps['to'] & `/settings/${string}`;
  label: ParseKeys;
  icon: Icon;
  needs?: string;
}

const own: Place[] = [
  { to: '/settings/api-keys', label: 'apiKeys.title', icon: IconKey },
  { to: '/settings/sessions', label: 'sessions.title', icon: IconDevices },
  { to: '/settings/security', label: 'security.title', icon: IconLock },
];
const shared: Place[] = [
  { to: '/settings/organisation', label: 'auth.tenant', icon: IconBuilding },
  { to: '/settings/people', label: 'people.title', icon: IconUsers, needs: 'manage:members' },
  { to: '/settings/roles', label: 'roles.title', icon: IconShieldCheck, needs: 'manage:members' },
  { to: '/settings/communities', label: 'communities.title', icon: IconUsersGroup },
  { to: '/settings/service-accounts', label: 'serviceAccounts.title', icon: IconRobot, needs: 'manage:service_accounts' },
  { to: '/settings/audit', label: 'audit.title', icon: IconHistory, needs: 'read:audit' },
];

/** Settings of the user, and settings of the whole tenant. */
export function Settings() {
  const { t } = useTranslation();
  const { data: me } = useSuspenseQuery(meQuery);
  const { pathname } = useLocation();
  const nav = useRef<HTMLElement>(null);
  // On small screens the places stand in a row that is wider than the screen.
  useEffect(() => nav.current?.querySelector('[data-status=active]')?.scrollIntoView({ block: 'nearest', inline: 'center' }), [pathname]);
  const allowed = shared.filter(({ needs }) => needs === undefined || me.permissions.includes(needs));
  // A page that is not in the menu can be opened by its address. It shows no button that the API would refuse.
  const closed = shared.some((place) => pathname.startsWith(place.to) && !allowed.includes(place));
  const link = ({ to, label, icon: PlaceIcon }: Place) => (
    <Link key={to} to={to} className={classes.place} data-testid={`settings-${to.slice('/settings/'.length)}`}>
      <PlaceIcon size={18} stroke={1.6} aria-hidden />
      {t(label)}
    </Link>
  );
  return (
    <div className={classes.area}>
      <nav ref={nav} className={classes.nav} aria-label={t('nav.settings')}>
        <Title order={2} className={classes.heading}>
          {t('nav.settings')}
        </Title>
        <span className={classes.group} title={me.user.username}>
          {me.user.username}
        </span>
        {own.map(link)}
        <span className={classes.group} title={me.tenant.name}>
          {me.tenant.name}
        </span>
        {allowed.map(link)}
      </nav>
      <div className={classes.content}>{closed ? <NotFound /> : <Outlet />}</div>
    </div>
  );
}
