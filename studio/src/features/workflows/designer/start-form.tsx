import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Activity } from '@/api/types';
import type { Draft } from '@/canvas/draft';
import { JsonEditor } from '@/components/json-editor';
import { isRecord } from '@/lib/json';
import { ConfigForm } from '../config/config-form';
import type { FieldSchema } from '../config/schema';

export interface Start {
  trigger: string | null;
  variables: Record<string, unknown>;
}

interface StartFormProps {
  draft: Draft;
  catalog: ReadonlyMap<string, Activity>;
  value: Start;
  onChange: (value: Start) => void;
  onValid: (valid: boolean) => void;
}

/** Where an execution starts and with what. */
export function StartForm({ draft, catalog, value, onChange, onValid }: StartFormProps) {
  const { t } = useTranslation();
  const { trigger, variables } = value;
  const triggers = Object.entries(draft.nodes).filter(([, node]) => catalog.get(node.node_type)?.is_trigger);
  const form = inputForm(draft, trigger);
  const change = (next: unknown) => onChange({ trigger, variables: isRecord(next) ? next : {} });
  return (
    <>
      {triggers.length > 1 && (
        <Select
          label={t('run.trigger')}
          clearable
          data={triggers.map(([id, node]) => ({ value: id, label: node.label || id }))}
          value={trigger}
          onChange={(next) => onChange({ trigger: next, variables })}
          data-testid="run-trigger"
        />
      )}
      {form ? (
        <ConfigForm schema={form} value={variables} onChange={change} path="run-" literal />
      ) : (
        <JsonEditor
          label={t('run.variables')}
          value={variables}
          onChange={change}
          onValid={onValid}
          check={(next) => (isRecord(next) ? undefined : t('json.objectNeeded'))}
          minRows={6}
          data-autofocus
          data-testid="run-variables"
        />
      )}
    </>
  );
}

/** The form that the manual trigger asks for, if it names any field. */
function inputForm(draft: Draft, trigger: string | null): FieldSchema | undefined {
  const start = trigger === null ? Object.values(draft.nodes).find((node) => node.node_type === 'trigger_manual') : draft.nodes[trigger];
  const schema = start?.config.input_schema;
  return isRecord(schema) && isRecord(schema.properties) && Object.keys(schema.properties).length > 0 ? schema : undefined;
}
