import { IconCloudOff } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import classes from './designer.module.css';

/** The server answers, but can't save: its database is away, or it has too much to do. */
export function FailingBanner({ kept }: { kept: boolean }) {
  const { t } = useTranslation();
  return (
    <div className={classes.banner} role="status" data-testid="save-failing">
      <IconCloudOff size={17} aria-hidden />
      <span>
        {t('saving.failing')} {kept ? t('saving.failingKept') : t('saving.why.unkept')}
      </span>
    </div>
  );
}
