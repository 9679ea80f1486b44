import { Button, Group, Stack, Table, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconMessages, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { communities, createEntity, deleteEntity, entitiesQuery, renameEntity } from '@/api/communities';
import { meQuery } from '@/api/session';
import type { EntityDetails } from '@/api/types';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { Listing } from '@/components/listing';
import { NameDialog } from '@/components/name-dialog';
import { RowAction } from '@/components/row-action';
import { useMay } from '@/components/use-may';

interface InCommunityProps {
  communityId: number;
  page: number;
  onPage: (page: number) => void;
}

const touched = [communities, meQuery.queryKey];

export function Entities({ communityId, page, onPage }: InCommunityProps) {
  const { t } = useTranslation();
  const query = useQuery(entitiesQuery(communityId, page));
  const may = useMay()('manage:communities');
  const [creating, { open, close }] = useDisclosure(false);
  const [change, setChange] = useState<{ entity: EntityDetails; kind: 'rename' | 'delete' }>();
  const done = () => setChange(undefined);
  return (
    <Stack>
      {may && (
        <Group justify="flex-end">
          <Button leftSection={<IconPlus size={17} aria-hidden />} onClick={open} data-testid="create-entity">
            {t('communities.createEntity')}
          </Button>
        </Group>
      )}
      <Listing
        query={query}
        empty={{ icon: IconMessages, title: t('communities.noEntities'), text: t('communities.noEntitiesText') }}
        onPage={onPage}
      >
        {(items) => (
          <Table verticalSpacing="sm" horizontalSpacing="md">
            <Table.Tbody>
              {items.map((entity) => (
                <Table.Tr key={entity.entity_id} data-testid="entity-row">
                  <Table.Td style={{ overflowWrap: 'anywhere' }}>
                    <Text size="sm" fw={600}>
                      {entity.name}
                    </Text>
                  </Table.Td>
                  <Table.Td w={160} className="muted">
                    {t(`communities.kinds.${entity.kind}`, entity.kind)}
                  </Table.Td>
                  <Table.Td w={100}>
                    {may && (
                      <Group gap={4} wrap="nowrap" justify="flex-end">
                        <RowAction
                          icon={IconPencil}
                          tip={t('communities.rename')}
                          label={t('communities.renameName', { name: entity.name })}
                          onClick={() => setChange({ entity, kind: 'rename' })}
                          testId="rename-entity"
                        />
                        <RowAction
                          icon={IconTrash}
                          tip={t('common.delete')}
                          label={t('communities.delete', { name: entity.name })}
                          onClick={() => setChange({ entity, kind: 'delete' })}
                          testId="delete-entity"
                        />
                      </Group>
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
      </Listing>
      {creating && (
        <NameDialog
          title={t('communities.createEntity')}
          label={t('communities.name')}
          action={t('common.create')}
          onName={(name) => createEntity(communityId, name)}
          touched={touched}
          onClose={close}
        />
      )}
      {change?.kind === 'rename' && (
        <NameDialog
          title={t('communities.rename')}
          label={t('communities.name')}
          action={t('communities.rename')}
          name={change.entity.name}
          onName={(name) => renameEntity(change.entity.entity_id, name)}
          touched={touched}
          onClose={done}
        />
      )}
      {change?.kind === 'delete' && (
        <ConfirmDialog
          title={t('communities.delete', { name: change.entity.name })}
          text={t('communities.deleteEntityText')}
          action={t('common.delete')}
          onConfirm={() => deleteEntity(change.entity.entity_id)}
          touched={touched}
          onClose={done}
        />
      )}
    </Stack>
  );
}
