import { Badge, Group, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { activitiesQuery } from '@/api/activities';
import type { Activity } from '@/api/types';
import { byCategory } from '@/canvas/catalog';
import { ErrorNotice } from '@/components/error-notice';
import { ActivityIcon } from '@/components/flow/activity-icon';
import { Loading, Page } from '@/components/page';

export function ActivitiesPage() {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(activitiesQuery);
  const [search, setSearch] = useState('');
  const groups = byCategory(data ?? [], search);
  return (
    <Page title={t('activities.title')} text={t('activities.text')}>
      <TextInput
        w={320}
        placeholder={t('activities.search')}
        aria-label={t('activities.search')}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data && groups.length === 0 && <Text c="var(--sf-muted)">{t('activities.none')}</Text>}
      {groups.map(([category, activities]) => (
        <Stack key={category} gap="sm" component="section">
          <Title order={2}>{t(`category.${category}`)}</Title>
          <SimpleGrid cols={{ base: 1, md: 2 }} spacing="sm">
            {activities.map((activity) => (
              <ActivityCard key={activity.type} activity={activity} />
            ))}
          </SimpleGrid>
        </Stack>
      ))}
    </Page>
  );
}

function ActivityCard({ activity }: { activity: Activity }) {
  const { t } = useTranslation();
  const ports = [
    [t('activities.inputs'), activity.inputs],
    [t('activities.outputs'), activity.outputs],
  ] as const;
  return (
    <Group className="surface" p="md" gap="md" align="flex-start" wrap="nowrap" data-testid={`activity-${activity.type}`}>
      <ActivityIcon activity={activity} size={38} />
      <Stack gap={4} flex={1} miw={0}>
        <Group gap="xs">
          <Text fw={620}>{activity.display_name}</Text>
          {activity.has_effects && <Badge color="blue">{t('activities.effects')}</Badge>}
          {activity.can_suspend && <Badge color="yellow">{t('activities.suspends')}</Badge>}
        </Group>
        <Text size="sm" c="var(--sf-muted)">
          {activity.description}
        </Text>
        <Group gap="md">
          {ports
            .filter(([, names]) => names.length > 0)
            .map(([label, names]) => (
              <Text key={label} size="xs" c="var(--sf-muted)">
                {label}: <span className="mono">{names.join(', ')}</span>
              </Text>
            ))}
        </Group>
        <Text size="xs" c="var(--sf-muted)" className="mono">
          {activity.type}
        </Text>
      </Stack>
    </Group>
  );
}
