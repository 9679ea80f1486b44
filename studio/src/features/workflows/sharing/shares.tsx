import { Button, Checkbox, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { communitiesQuery } from '@/api/communities';
import { shareWorkflow, sharesQuery } from '@/api/workflows';
import { ErrorNotice } from '@/components/error-notice';
import { Loading } from '@/components/page';
import { useMay } from '@/components/use-may';
import { notifyDone } from '@/lib/notify';
import { useChange } from '@/lib/use-change';
import type { Shared } from './sharing-drawer';

/** From here on the list is searched rather than read. */
const many = 8;

/** The other communities that may read a workflow. */
export function Shares({ workflow: { workflow_id, community_id } }: { workflow: Shared }) {
  const { t } = useTranslation();
  const shares = useQuery(sharesQuery(workflow_id));
  const communities = useQuery(communitiesQuery(1, 100));
  const error = shares.error ?? communities.error;
  const others = communities.data?.items.filter((community) => community.community_id !== community_id);
  return (
    <Stack>
      <div>
        <Title order={2}>{t('sharing.communities')}</Title>
        <Text size="sm" c="var(--sf-muted)">
          {t('sharing.communitiesText')}
        </Text>
      </div>
      {error && <ErrorNotice error={error} onRetry={() => void Promise.all([shares.refetch(), communities.refetch()])} />}
      {!error && !(shares.data && others) && <Loading />}
      {shares.data && others && <ShareForm key={shares.data.join()} workflowId={workflow_id} shared={shares.data} others={others} />}
    </Stack>
  );
}

interface ShareFormProps {
  workflowId: string;
  shared: number[];
  others: { community_id: number; name: string }[];
}

function ShareForm({ workflowId, shared, others }: ShareFormProps) {
  const { t } = useTranslation();
  const may = useMay()('update:workflows');
  const [chosen, setChosen] = useState(() => shared.filter((id) => others.some(({ community_id }) => community_id === id)).map(String));
  const [search, setSearch] = useState('');
  const unseen = shared.filter((id) => !others.some(({ community_id }) => community_id === id)).length;
  const share = useChange(
    (ids: string[]) => shareWorkflow(workflowId, ids.map(Number)),
    [['workflows']],
    () => notifyDone(t('sharing.saved')),
  );
  const shown = others.filter(({ name }) => name.toLocaleLowerCase().includes(search.trim().toLocaleLowerCase()));
  const same = chosen.length === shared.length - unseen && chosen.every((id) => shared.includes(Number(id)));
  if (others.length === 0) return <Text size="sm">{t('sharing.noOthers')}</Text>;
  return (
    <Stack>
      {share.error && <ErrorNotice error={share.error} />}
      {others.length > many && (
        <TextInput
          placeholder={t('sharing.search')}
          aria-label={t('sharing.search')}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
      )}
      <Checkbox.Group value={chosen} onChange={setChosen} aria-label={t('sharing.communities')}>
        <Stack gap="sm">
          {shown.map(({ community_id, name }) => (
            <Checkbox
              key={community_id}
              value={String(community_id)}
              label={name}
              disabled={!may}
              styles={{ label: { overflowWrap: 'anywhere' } }}
              data-testid="share-with"
            />
          ))}
        </Stack>
      </Checkbox.Group>
      {shown.length === 0 && (
        <Text size="sm" c="var(--sf-muted)">
          {t('sharing.noMatch')}
        </Text>
      )}
      {unseen > 0 && (
        <Text size="xs" c="var(--sf-muted)">
          {t('sharing.unseen', { count: unseen })}
        </Text>
      )}
      {may && (
        <Group>
          <Button disabled={same} loading={share.isPending} onClick={() => share.mutate(chosen)} data-testid="share-submit">
            {t('common.save')}
          </Button>
        </Group>
      )}
    </Stack>
  );
}
