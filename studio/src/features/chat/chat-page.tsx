import { Center, Group, Select, Title } from '@mantine/core';
import { IconMessages } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { meQuery } from '@/api/session';
import { EmptyState } from '@/components/empty-state';
import { Conversation } from './conversation';
import classes from './chat.module.css';

const route = getRouteApi('/shell/chat');

export function ChatPage() {
  const { t } = useTranslation();
  const { data: me } = useSuspenseQuery(meQuery);
  const { entity: wanted } = route.useSearch();
  const navigate = route.useNavigate();
  const entity = me.entities.find(({ entity_id }) => entity_id === wanted) ?? me.entities[0];
  if (!entity) {
    return (
      <Center mih="70vh">
        <EmptyState icon={IconMessages} title={t('chat.noEntity')} text={t('chat.noEntityText')} />
      </Center>
    );
  }
  return (
    <div className={classes.page}>
      <header className={classes.bar}>
        <Title order={1} fz={15}>
          {t('nav.chat')}
        </Title>
        <Group gap="xs">
          <Select
            size="sm"
            w={220}
            allowDeselect={false}
            aria-label={t('chat.entity')}
            data={me.entities.map(({ entity_id, name }) => ({ value: String(entity_id), label: name }))}
            value={String(entity.entity_id)}
            onChange={(value) => void navigate({ search: { entity: Number(value) } })}
            data-testid="chat-entity"
          />
        </Group>
      </header>
      <Conversation key={entity.entity_id} entityId={entity.entity_id} userId={me.user.user_id} />
    </div>
  );
}
