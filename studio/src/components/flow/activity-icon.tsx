import * as icons from './icons';
import type { Icon } from '@tabler/icons-react';
import type { Activity } from '@/api/types';
import classes from './activity-icon.module.css';

const known = icons as unknown as Partial<Record<string, Icon>>;

/** `world-www` is exported as `IconWorldWww`. */
const exportName = (name: string) => `Icon${name.replace(/(^|-)(\w)/g, (_, _dash, letter: string) => letter.toUpperCase())}`;

interface ActivityIconProps {
  activity: Pick<Activity, 'icon' | 'category'> | undefined;
  size?: number;
}

export function ActivityIcon({ activity, size = 32 }: ActivityIconProps) {
  const Glyph = known[exportName(activity?.icon ?? '')] ?? icons.IconPuzzle;
  return (
    <span className={classes.tile} data-category={activity?.category} style={{ width: size, height: size }} aria-hidden>
      <Glyph size={Math.round(size * 0.58)} stroke={1.7} />
    </span>
  );
}
