import { IconCloudOff } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { meQuery } from '@/api/session';
import { unreachable } from '@/api/standing';
import { useSignal } from '@/lib/signal';
import classes from './shell.module.css';

const askAgain = 4_000;

/** Says that the server can't be reached, and looks whether it is back; then what failed meanwhile is read again. */
export function ConnectionBanner() {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const away = useSignal(unreachable);
  const look = useEffectEvent(async () => {
    const answered = await queryClient.query({ ...meQuery, staleTime: 0, networkMode: 'always' }).then(
      () => true,
      () => !unreachable.get(),
    );
    if (answered) void queryClient.invalidateQueries();
  });

  useEffect(() => {
    const lost = () => unreachable.set(true);
    const back = () => void look();
    window.addEventListener('offline', lost);
    window.addEventListener('online', back);
    return () => {
      window.removeEventListener('offline', lost);
      window.removeEventListener('online', back);
    };
  }, []);
  useEffect(() => {
    if (!away) return;
    const timer = window.setInterval(() => void look(), askAgain);
    return () => window.clearInterval(timer);
  }, [away]);

  if (!away) return null;
  return (
    <div className={classes.banner} role="status" data-testid="offline">
      <IconCloudOff size={17} aria-hidden />
      {t('nav.offline')}
    </div>
  );
}
