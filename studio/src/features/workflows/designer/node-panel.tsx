import { Group, Stack, Tabs, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Activity, Node, NodeState } from '@/api/types';
import type { Draft } from '@/canvas/draft';
import { updateNode } from '@/canvas/operations';
import type { Problem } from '@/canvas/problems';
import { ActivityIcon } from '@/components/flow/activity-icon';
import { NodeInspector } from '@/components/run/node-inspector';
import { ConfigForm } from '../config/config-form';
import { AdvancedSection } from './advanced-section';
import { NextSteps } from './next-steps';
import { ProblemLines } from './problem-lines';
import type { Edit } from './use-draft';

interface NodePanelProps {
  id: string;
  node: Node;
  activity: Activity | undefined;
  draft: Draft;
  catalog: ReadonlyMap<string, Activity>;
  edit: Edit;
  problems: Problem[];
  /** Of the execution being watched; the Run tab shows only then. */
  run?: { state: NodeState | undefined };
}

export function NodePanel({ id, node, activity, draft, catalog, edit, problems, run }: NodePanelProps) {
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
          <Stack gap="sm">
            <TextInput label={t('node.label')} value={node.label} onChange={(event) => patch({ label: event.currentTarget.value }, 'label')} data-testid="node-label" />
            {activity && !empty && <ConfigForm schema={activity.config_schema} value={node.config} onChange={(config, field) => patch({ config }, field)} />}
            <Text size="xs" c="var(--sf-muted)">
              {empty ? t('node.noConfig') : t('field.templates', { example: '{{ nodes.http_1.output }}' })}
            </Text>
            <NextSteps id={id} draft={draft} catalog={catalog} edit={edit} />
            <AdvancedSection id={id} node={node} activity={activity} patch={patch} />
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="run">
          <NodeInspector state={run?.state} />
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}
