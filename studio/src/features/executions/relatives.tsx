import { Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Execution } from '@/api/types';
import { AnchorLink } from '@/components/links';

/** The executions that this one comes from, and those that come from it. */
export function Relatives({ execution }: { execution: Execution }) {
  const { t } = useTranslation();
  const { execution_id, retry_of, retry_from_node, parent_execution_id, retries, definition, node_states } = execution;
  const starts = Object.values(node_states).some(({ node_id, runs }) => runs > 0 && definition.nodes[node_id]?.node_type === 'action_workflow');
  const node = retry_from_node ? (definition.nodes[retry_from_node]?.label ?? retry_from_node) : undefined;
  const lines: [string, ReactNode][] = [];
  if (retry_of) lines.push([node === undefined ? t('relatives.retryOf') : t('relatives.retryFrom', { node }), <One key="of" id={retry_of} />]);
  if (parent_execution_id) lines.push([t('relatives.parent'), <One key="parent" id={parent_execution_id} />]);
  if (retries.length > 0) lines.push([t('relatives.retries'), retries.slice(0, 3).map((id) => <One key={id} id={id} />)]);
  if (lines.length === 0 && !starts) return null;
  return (
    <Stack gap={4} data-testid="relatives">
      {lines.map(([label, links]) => (
        <Text key={label} size="sm" component="div">
          <span className="muted">{label}</span> {links}
        </Text>
      ))}
      {retries.length > 3 && (
        <AnchorLink to="/executions" search={{ retry_of: execution_id }} size="sm">
          {t('relatives.allRetries')}
        </AnchorLink>
      )}
      {starts && (
        <AnchorLink to="/executions" search={{ parent_execution_id: execution_id }} size="sm" data-testid="children">
          {t('relatives.children')}
        </AnchorLink>
      )}
    </Stack>
  );
}

/** The end of an id is what differs between executions of the same second. */
function One({ id }: { id: string }) {
  return (
    <AnchorLink to="/executions/$executionId" params={{ executionId: id }} className="mono" size="sm" mr={8} title={id} data-testid="relative">
      …{id.slice(-8)}
    </AnchorLink>
  );
}
