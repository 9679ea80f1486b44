import { ActionIcon, Box, Select, Switch, TagsInput, Textarea, TextInput, Tooltip } from '@mantine/core';
import { IconBraces, IconBracesOff } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { JsonEditor } from '@/components/json-editor';
import { WorkflowPicker } from '@/components/workflow-picker';
import { hasTemplate, isRecord } from '@/lib/json';
import { ConditionsInput } from './conditions-input';
import { KeyValueInput } from './key-value-input';
import { NumberInput } from './number-input';
import { conditionsOf, takesText, widgetOf, type Field, type Widget } from './schema';
import classes from './field-input.module.css';

interface FieldInputProps {
  name: string;
  field: Field;
  value: unknown;
  onChange: (value: unknown) => void;
}

/** One field of a configuration. Fields take templates, unless they are literal: text fields as they are, the others after a switch. */
export function FieldInput({ name, field, value, onChange }: FieldInputProps) {
  const { t } = useTranslation();
  const widget = widgetOf(field.schema);
  const [templated, setTemplated] = useState(hasTemplate(value));
  if (takesText(widget) || field.schema['x-literal']) return <Input widget={widget} name={name} field={field} value={value} onChange={onChange} />;

  const asTemplate = templated || hasTemplate(value);
  const flip = () => {
    setTemplated(!asTemplate);
    onChange(undefined);
  };
  const hint = asTemplate ? t('field.fixed') : t('field.expression');
  const Glyph = asTemplate ? IconBracesOff : IconBraces;
  return (
    <Box className={classes.switchable}>
      <Tooltip label={hint}>
        <ActionIcon
          className={classes.flip}
          size="sm"
          variant="subtle"
          color="gray"
          onClick={flip}
          aria-label={`${field.label}: ${hint}`}
          data-testid={`config-${name}-template`}
        >
          <Glyph size={15} />
        </ActionIcon>
      </Tooltip>
      <Input widget={asTemplate ? 'text' : widget} name={name} field={field} value={value} onChange={onChange} />
    </Box>
  );
}

const mono = { input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12.5 } };
const textOf = (value: unknown) => (typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value));

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined || value === '' ? [] : [value]);

function Input({ widget, name, field: { label, required, schema }, value, onChange }: FieldInputProps & { widget: Widget }) {
  const { t } = useTranslation();
  const plain = { label, description: schema.description, 'data-testid': `config-${name}` };
  const shared = { ...plain, withAsterisk: required };
  switch (widget) {
    case 'textarea':
    case 'code':
      return (
        <Textarea
          {...shared}
          autosize
          minRows={widget === 'code' ? 6 : 2}
          maxRows={24}
          spellCheck={widget === 'textarea'}
          styles={widget === 'code' ? mono : undefined}
          value={textOf(value)}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case 'number':
      return <NumberInput {...shared} placeholder={textOf(schema.default)} value={value} onChange={onChange} />;
    case 'boolean':
      return <Switch {...plain} checked={(value ?? schema.default) === true} onChange={(event) => onChange(event.currentTarget.checked)} />;
    case 'select':
      return (
        <Select
          {...shared}
          data={schema.enum?.map(String) ?? []}
          value={textOf(value ?? schema.default) || null}
          clearable={!required && schema.default === undefined}
          allowDeselect={false}
          onChange={(next) => onChange(next ?? undefined)}
        />
      );
    case 'tags':
      return (
        <TagsInput
          {...shared}
          data={schema.items?.enum?.map(String)}
          placeholder={listOf(value).length > 0 ? undefined : listOf(schema.default).map(textOf).join(', ')}
          value={listOf(value).map(textOf)}
          onChange={onChange}
          acceptValueOnBlur
        />
      );
    case 'key-value':
      return (
        <KeyValueInput
          {...shared}
          value={isRecord(value) ? value : undefined}
          onChange={onChange}
          textOnly={isRecord(schema.additionalProperties) && schema.additionalProperties.type === 'string'}
        />
      );
    case 'cases':
      return (
        <KeyValueInput
          {...shared}
          value={isRecord(value) ? value : undefined}
          onChange={onChange}
          textOnly
          labels={[t('field.case'), t('field.port')]}
        />
      );
    case 'workflow':
      return <WorkflowPicker {...shared} value={textOf(value) || undefined} onChange={onChange} />;
    case 'conditions':
      if (conditionsOf(value)) return <ConditionsInput {...shared} value={value} onChange={onChange} />;
      return <JsonEditor {...shared} templates value={value} onChange={onChange} />;
    case 'json':
    case 'group':
      return <JsonEditor {...shared} templates={!schema['x-literal']} value={value} onChange={onChange} />;
    case 'text':
      return (
        <TextInput {...shared} value={textOf(value)} placeholder={textOf(schema.default)} onChange={(event) => onChange(event.currentTarget.value)} />
      );
  }
}
