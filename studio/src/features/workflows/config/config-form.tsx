import { Fieldset, Stack } from '@mantine/core';
import { isRecord } from '@/lib/json';
import { FieldInput } from './field-input';
import { fieldsOf, widgetOf, type FieldSchema } from './schema';

interface ConfigFormProps {
  schema: FieldSchema;
  value: Record<string, unknown>;
  /** `field` names what changed, so that typing into one field is one step of undo. */
  onChange: (value: Record<string, unknown>, field: string) => void;
  path?: string;
  /** No field takes a template. */
  literal?: boolean;
}

export function ConfigForm({ schema, value, onChange, path = '', literal = false }: ConfigFormProps) {
  return (
    <Stack gap="sm">
      {fieldsOf(schema).map((field) => {
        const name = path + field.name;
        const current = value[field.name];
        const change = (next: unknown, inner = name) => onChange({ ...value, [field.name]: next }, inner);
        return widgetOf(field.schema) === 'group' ? (
          <Fieldset key={field.name} legend={field.label} radius="md" p="sm">
            <ConfigForm schema={field.schema} value={isRecord(current) ? current : {}} onChange={change} path={`${name}.`} literal={literal} />
          </Fieldset>
        ) : (
          <FieldInput
            key={field.name}
            name={name}
            field={literal ? { ...field, schema: { ...field.schema, 'x-literal': true } } : field}
            value={current}
            onChange={change}
          />
        );
      })}
    </Stack>
  );
}
