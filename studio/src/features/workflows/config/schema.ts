import { isRecord } from '@/lib/json';

/** The part of JSON Schema that forms are drawn from. */
export interface FieldSchema {
  type?: string | string[];
  title?: string;
  description?: string;
  enum?: unknown[];
  default?: unknown;
  items?: FieldSchema;
  properties?: Record<string, FieldSchema>;
  required?: string[];
  additionalProperties?: FieldSchema | boolean;
  minimum?: number;
  maximum?: number;
  'x-widget'?: string;
  /** Read before the node runs: a template has no value yet. */
  'x-literal'?: boolean;
}

export type Widget = 'text' | 'textarea' | 'code' | 'number' | 'boolean' | 'select' | 'tags' | 'key-value' | 'cases' | 'conditions' | 'workflow' | 'group' | 'json';

const named = new Set<string>(['textarea', 'code', 'conditions', 'key-value', 'cases', 'workflow', 'json'] satisfies Widget[]);

export function widgetOf(schema: FieldSchema): Widget {
  const wanted = schema['x-widget'];
  if (wanted !== undefined && named.has(wanted)) return wanted as Widget;
  if (schema.enum?.every((value) => typeof value === 'string')) return 'select';
  const types = [schema.type ?? []].flat().filter((name) => name !== 'null');
  if (types[0] !== 'array' && types.includes('string')) return 'text';
  switch (types[0]) {
    case 'number':
    case 'integer':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'array':
      return schema.items?.type === 'string' ? 'tags' : 'json';
    case 'object':
      return schema.properties && Object.keys(schema.properties).length > 0 ? 'group' : 'key-value';
    default:
      return 'json';
  }
}

/** Widgets whose value is text take templates as they are; the others need a switch between value and template. */
export const takesText = (widget: Widget) => widget === 'text' || widget === 'textarea' || widget === 'code' || widget === 'number' || widget === 'json';

export interface Field {
  name: string;
  label: string;
  required: boolean;
  schema: FieldSchema;
}

export function fieldsOf(schema: FieldSchema): Field[] {
  const required = new Set(schema.required);
  return Object.entries(schema.properties ?? {}).map(([name, field]) => ({ name, label: field.title ?? readable(name), required: required.has(name), schema: field }));
}

function readable(name: string): string {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export interface Condition {
  variable: string;
  operator: string;
  value?: unknown;
}

/** Whether a value can be edited row by row; groups of conditions are edited as JSON. */
export function isConditionList(value: unknown): value is Condition[] {
  return Array.isArray(value) && value.every((item) => isRecord(item) && typeof item.variable === 'string' && typeof item.operator === 'string');
}
