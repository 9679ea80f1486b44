import { CloseButton, Group, Select, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Activity } from '@/api/types';
import type { Draft } from '@/canvas/draft';
import { connect, refusalOf, remove, type Ends } from '@/canvas/operations';
import { portsOf } from '@/canvas/ports';
import type { Edit } from './use-draft';

interface NextStepsProps {
  id: string;
  draft: Draft;
  catalog: ReadonlyMap<string, Activity>;
  edit: Edit;
  /** Whether it can only be looked at. */
  locked: boolean;
}

/** The connections that leave a node, as a list: whoever can't drag lines connects here. */
export function NextSteps({ id, draft, catalog, edit, locked }: NextStepsProps) {
  const { t } = useTranslation();
  const node = draft.nodes[id];
  if (!node) return null;
  const { outputs } = portsOf(id, node, catalog.get(node.node_type), draft.connections);
  if (outputs.length === 0) return null;

  return (
    <Stack gap={6} component="section" aria-label={t('node.next')}>
      <Text size="sm" fw={500}>
        {t('node.next')}
      </Text>
      {outputs.map((port) => (
        <div key={port}>
          <Group gap={8} wrap="nowrap">
            <Text size="xs" c="var(--sf-muted)" w={70}>
              {port}
            </Text>
            {!locked && <Connect id={id} port={port} draft={draft} catalog={catalog} edit={edit} />}
          </Group>
          {draft.connections
            .filter((connection) => connection.from_node_id === id && connection.from_port_name === port)
            .map(({ connection_id, to_node_id }) => (
              <Group key={connection_id} gap={4} ml={78} mt={2}>
                <Text size="xs">→ {draft.nodes[to_node_id]?.label ?? to_node_id}</Text>
                <CloseButton size="xs" aria-label={t('common.remove')} onClick={() => edit((before) => remove(before, [], [connection_id]))} />
              </Group>
            ))}
        </div>
      ))}
    </Stack>
  );
}

/**
 * Picks the node that a port leads to. The possible nodes are computed when the list opens:
 * in a large graph that takes too long to do at every key press.
 */
function Connect({ id, port, draft, catalog, edit }: Omit<NextStepsProps, 'locked'> & { port: string }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const options = open ? followers(id, port, draft, catalog) : [];
  return (
    <Select
      size="xs"
      flex={1}
      searchable
      value={null}
      placeholder={t('node.connect')}
      aria-label={t('node.connectPort', { port })}
      nothingFoundMessage={t('node.nothingFollows')}
      data={options.map(({ value, label }) => ({ value, label }))}
      onDropdownOpen={() => setOpen(true)}
      onDropdownClose={() => setOpen(false)}
      onChange={(chosen) => {
        const option = options.find(({ value }) => value === chosen);
        if (option) edit((before) => connect(before, option.ends));
      }}
      data-testid={`connect-${port}`}
    />
  );
}

const followers = (id: string, port: string, draft: Draft, catalog: NextStepsProps['catalog']) =>
  Object.entries(draft.nodes).flatMap(([to, target]) =>
    portsOf(to, target, catalog.get(target.node_type), draft.connections)
      .inputs.map((input): Ends => ({ from_node_id: id, from_port_name: port, to_node_id: to, to_port_name: input }))
      .filter((ends) => refusalOf(draft, ends) === undefined)
      .map((ends) => ({ ends, value: `${to} ${ends.to_port_name}`, label: target.label || to })),
  );
