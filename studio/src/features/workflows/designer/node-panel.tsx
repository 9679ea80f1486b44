import { Group, Stack, Tabs, Text, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Activity, Node } from '@/api/types';
import type { Draft } from '@/canvas/draft';
import { updateNode } from '@/canvas/operations';
import { portsOf } from '@/canvas/ports';
import type { Problem } from '@/canvas/problems';
import { ActivityIcon } from '@/components/flow/activity-icon';
import { ReadOnly } from '@/components/read-only';
import { ConfigForm } from '../config/config-form';
import { AdvancedSection } from './advanced-section';
import { NextSteps } from './next-steps';
import { PinEditor } from './pin-editor';
import { ProblemLines } from './problem-lines';
import type { Edit } from './use-draft';
import type { Pin } from './use-pins';

interface NodePanelProps {
  id: string;
  node: Node;
  activity: Activity | undefined;
  draft: Draft;
  catalog: ReadonlyMap<string, Activity>;
  edit: Edit;
  /** Whether it can only be looked at. */
  locked: boolean;
  problems: Problem[];
  pin: Pin | undefined;
  onPin: (pin: Pin | undefined) => void;
  /** The node's run in the watched execution or test. Without one, there is no Run tab. */
  run?: ReactNode;
}

export function NodePanel({ id, node, activity, draft, catalog, edit, locked, problems, pin, onPin, run }: NodePanelProps) {
  const { t } = useTranslation();
  const patch = (part: Partial<Node>, field: string) => edit((before) => updateNode(before, id, part), `${id}.${field}`);
  const empty = Object.keys(activity?.config_schema.properties ?? {}).length === 0;
  return (
    <Stack gap="md" data-testid="node-panel">
      <Group gap="sm" wrap="nowrap" align="flex-start">
        <ActivityIcon activity={activity} size={36} />
        <div>
          <Text fw={620} size="sm">
            {activity?.display_name ?? node.node_type}
          </Text>
          <Text size="xs" c="var(--sf-muted)">
            {activity?.description ?? t('node.unknown')}
          </Text>
        </div>
      </Group>
      <ProblemLines problems={problems} />
      <Tabs defaultValue={run ? 'run' : 'config'} key={run ? 'watching' : 'editing'} keepMounted={false}>
        {run && (
          <Tabs.List mb="md">
            <Tabs.Tab value="config">{t('node.config')}</Tabs.Tab>
            <Tabs.Tab value="run" data-testid="node-run-tab">
              {t('node.run')}
            </Tabs.Tab>
          </Tabs.List>
        )}
        <Tabs.Panel value="config">
          <ReadOnly when={locked}>
            <Stack gap="sm">
              <TextInput
                label={t('node.label')}
                value={node.label}
                onChange={(event) => patch({ label: event.currentTarget.value }, 'label')}
                data-testid="node-label"
              />
              {activity && !empty && (
                <ConfigForm schema={activity.config_schema} value={node.config} onChange={(config, field) => patch({ config }, field)} />
              )}
              <Text size="xs" c="var(--sf-muted)">
                {empty ? t('node.noConfig') : t('field.templates', { example: '{{ nodes.http_1.output }}' })}
              </Text>
              <NextSteps id={id} draft={draft} catalog={catalog} edit={edit} locked={locked} />
              <AdvancedSection id={id} node={node} activity={activity} patch={patch} opened={locked} />
              <PinEditor pin={pin} outputs={portsOf(id, node, activity, draft.connections).outputs} onChange={onPin} />
            </Stack>
          </ReadOnly>
        </Tabs.Panel>
        <Tabs.Panel value="run">{run}</Tabs.Panel>
      </Tabs>
    </Stack>
  );
}
