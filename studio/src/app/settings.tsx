import { Title } from '@mantine/core';
import { IconDevices, IconKey, IconLock, IconUsers, IconUsersGroup, type Icon } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link, Outlet } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { meQuery } from '@/api/session';
import classes from './settings.module.css';

interface Place {
  to: '/settings/api-keys' | '/settings/sessions' | '/settings/security' | '/settings/people' | '/settings/communities';
  label: 'apiKeys.title' | 'sessions.title' | 'security.title' | 'people.title' | 'communities.title';
  icon: Icon;
  needs?: string;
}

const own: Place[] = [
  { to: '/settings/api-keys', label: 'apiKeys.title', icon: IconKey },
  { to: '/settings/sessions', label: 'sessions.title', icon: IconDevices },
  { to: '/settings/security', label: 'security.title', icon: IconLock },
];
const shared: Place[] = [
  { to: '/settings/people', label: 'people.title', icon: IconUsers, needs: 'manage:members' },
  { to: '/settings/communities', label: 'communities.title', icon: IconUsersGroup },
];

/** What concerns oneself, and what concerns the whole tenant. */
export function Settings() {
  const { t } = useTranslation();
  const { data: me } = useSuspenseQuery(meQuery);
  const allowed = shared.filter(({ needs }) => needs === undefined || me.permissions.includes(needs));
  const link = ({ to, label, icon: PlaceIcon }: Place) => (
    <Link key={to} to={to} className={classes.place} data-testid={`settings-${to.slice('/settings/'.length)}`}>
      <PlaceIcon size={18} stroke={1.6} aria-hidden />
      {t(label)}
    </Link>
  );
  return (
    <div className={classes.area}>
      <nav className={classes.nav} aria-label={t('nav.settings')}>
        <Title order={2} className={classes.heading}>
          {t('nav.settings')}
        </Title>
        <span className={classes.group}>{me.user.username}</span>
        {own.map(link)}
        {allowed.length > 0 && <span className={classes.group}>{me.tenant.name}</span>}
        {allowed.map(link)}
      </nav>
      <div className={classes.content}>
        <Outlet />
      </div>
    </div>
  );
}
