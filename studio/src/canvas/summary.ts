import type { Activity, Node } from '@/api/types';

/** One line that says what a node is set to do, from the fields that its schema puts first. */
export function summaryOf(node: Node, activity: Activity | undefined): string {
  const properties = (activity?.config_schema.properties ?? {}) as Partial<Record<string, { default?: unknown }>>;
  const order = Object.keys(activity ? properties : node.config);
  const { method = properties.method?.default, url } = node.config;
  if (typeof url === 'string' && url !== '') return [method, url].filter((part) => typeof part === 'string').join(' ');
  return order
    .map((field) => textOf(node.config[field]))
    .filter((text) => text !== '')
    .slice(0, 2)
    .join(' · ');
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value.trim().split('\n')[0] ?? '';
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return value.map(textOf).filter(Boolean).join(', ');
  if (typeof value !== 'object' || value === null) return '';
  if ('variable' in value && 'operator' in value) {
    const { variable, operator, value: right } = value as { variable: unknown; operator: unknown; value?: unknown };
    return [textOf(variable), textOf(operator).replaceAll('_', ' '), textOf(right)].filter(Boolean).join(' ');
  }
  if ('or' in value && Array.isArray(value.or)) return value.or.map(textOf).filter(Boolean).join(' / ');
  return Object.keys(value).join(', ');
}
