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

export type Widget =
  'text' | 'textarea' | 'code' | 'number' | 'boolean' | 'select' | 'tags' | 'key-value' | 'cases' | 'conditions' | 'workflow' | 'group' | 'json';

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
export const takesText = (widget: Widget) =>
  widget === 'text' || widget === 'textarea' || widget === 'code' || widget === 'number' || widget === 'json';

export interface Field {
  name: string;
  label: string;
  required: boolean;
  schema: FieldSchema;
}

export function fieldsOf(schema: FieldSchema): Field[] {
  const required = new Set(schema.required);
  return Object.entries(schema.properties ?? {}).map(([name, field]) => ({
    name,
    label: field.title ?? readable(name),
    required: required.has(name),
    schema: field,
  }));
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

export interface Conditions {
  /** Whether one of them is enough. */
  any: boolean;
  list: Condition[];
}

/** Conditions that can be edited row by row: a list, all of which must hold, or one group of which any is enough. Others are edited as JSON. */
export function conditionsOf(value: unknown): Conditions | undefined {
  if (value === undefined) return { any: false, list: [] };
  const any = isRecord(value) && Object.keys(value).length === 1 && 'or' in value;
  const list = any ? value.or : value;
  return Array.isArray(list) && list.every(isCondition) ? { any, list } : undefined;
}

const isCondition = (item: unknown): item is Condition => isRecord(item) && typeof item.variable === 'string' && typeof item.operator === 'string';
