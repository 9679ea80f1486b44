import { ScrollArea, Text, TextInput, UnstyledButton } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState, type DragEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Activity } from '@/api/types';
import { byCategory } from '@/canvas/catalog';
import { ActivityIcon } from '@/components/flow/activity-icon';
import { dragType } from '@/components/flow/flow-canvas';
import classes from './palette.module.css';

interface PaletteProps {
  activities: readonly Activity[];
  onAdd: (activity: Activity) => void;
}

export function Palette({ activities, onAdd }: PaletteProps) {
  const { t } = useTranslation();
  const [search, setSearch] = useState('');
  const groups = byCategory(activities, search);
  const drag = (event: DragEvent, activity: Activity) => {
    event.dataTransfer.setData(dragType, activity.type);
    event.dataTransfer.effectAllowed = 'copy';
  };
  return (
    <aside className={classes.palette} aria-label={t('palette.title')}>
      <div className={classes.search}>
        <TextInput
          size="xs"
          type="search"
          placeholder={t('palette.search')}
          aria-label={t('palette.search')}
          leftSection={<IconSearch size={14} aria-hidden />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          data-testid="palette-search"
        />
      </div>
      <ScrollArea flex={1} type="auto" scrollbarSize={8}>
        {groups.map(([category, members]) => (
          <section key={category} className={classes.group}>
            <Text component="h2" className={classes.category}>
              {t(`category.${category}`)}
            </Text>
            {members.map((activity) => (
              <UnstyledButton
                key={activity.type}
                className={classes.item}
                title={activity.description}
                aria-label={t('palette.add', { name: activity.display_name })}
                draggable
                onDragStart={(event: DragEvent) => drag(event, activity)}
                onClick={() => onAdd(activity)}
                data-testid={`palette-item-${activity.type}`}
              >
                <ActivityIcon activity={activity} size={26} />
                <span>{activity.display_name}</span>
              </UnstyledButton>
            ))}
          </section>
        ))}
        {groups.length === 0 && (
          <Text size="sm" c="var(--sf-muted)" p="md">
            {t('palette.none')}
          </Text>
        )}
      </ScrollArea>
    </aside>
  );
}
