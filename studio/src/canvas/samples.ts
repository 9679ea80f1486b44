import type { Activity } from '@/api/types';
import type { Draft } from './draft';

/** Sample graphs for tests. */
export const http: Activity = {
  type: 'action_http',
  version: 1,
  category: 'action',
  display_name: 'HTTP request',
  icon: 'world-www',
  description: '',
  inputs: ['input'],
  outputs: ['success', 'error'],
  config_schema: { type: 'object', properties: { method: { type: 'string', default: 'GET' }, url: { type: 'string' } }, required: ['url'] },
  has_effects: true,
  is_trigger: false,
  can_suspend: false,
};

const node = (node_type: string, x: number) => ({ node_type, label: node_type, position: { x, y: 0 }, config: {} });

/** start → a → b → c */
export const chain = {
  name: 'Chain',
  description: '',
  variables: {},
  settings: {},
  nodes: { start: node('trigger_manual', 0), a: node('action_http', 200), b: node('action_http', 400), c: node('flow_end', 600) },
  connections: [
    { connection_id: '1', from_node_id: 'start', from_port_name: 'output', to_node_id: 'a', to_port_name: 'input' },
    { connection_id: '2', from_node_id: 'a', from_port_name: 'success', to_node_id: 'b', to_port_name: 'input' },
    { connection_id: '3', from_node_id: 'b', from_port_name: 'success', to_node_id: 'c', to_port_name: 'input' },
  ],
} satisfies Draft;
