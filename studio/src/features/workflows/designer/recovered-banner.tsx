import { Button } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { formatTime } from '@/lib/format';
import classes from './designer.module.css';

/** Changes were found in this browser that had not reached the server. */
export function RecoveredBanner({ at, onDrop }: { at: string; onDrop: () => void }) {
  const { t, i18n } = useTranslation();
  return (
    <div className={classes.banner} role="status" data-testid="recovered">
      <IconHistory size={17} aria-hidden />
      <span>{t('designer.recovered', { when: formatTime(at, i18n.language) })}</span>
      <Button size="compact-sm" variant="default" onClick={onDrop} data-testid="drop-recovered">
        {t('designer.dropRecovered')}
      </Button>
    </div>
  );
}
