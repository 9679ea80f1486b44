import { expect, test } from 'vitest';
import { conditionsOf, fieldsOf, widgetOf, type FieldSchema } from './schema';

test.each<[FieldSchema, string]>([
  [{ type: 'string' }, 'text'],
  [{ type: 'string', 'x-widget': 'code' }, 'code'],
  [{ type: 'string', enum: ['GET', 'POST'] }, 'select'],
  [{ type: ['integer', 'null'] }, 'number'],
  [{ type: ['integer', 'string'] }, 'text'],
  [{ type: 'boolean' }, 'boolean'],
  [{ type: 'array', items: { type: 'string' } }, 'tags'],
  [{ type: ['array', 'string'], items: { type: 'string' } }, 'tags'],
  [{ type: ['string', 'array'] }, 'text'],
  [{ type: 'array', items: { type: 'object' } }, 'json'],
  [{ type: 'array', 'x-widget': 'conditions' }, 'conditions'],
  [{ type: 'object', additionalProperties: true }, 'key-value'],
  [{ type: 'object', 'x-widget': 'cases' }, 'cases'],
  [{ type: 'string', 'x-widget': 'workflow' }, 'workflow'],
  [{ type: 'object', properties: { a: { type: 'string' } } }, 'group'],
  [{ type: 'string', 'x-widget': 'not-known-here' }, 'text'],
  [{}, 'json'],
])('%j is edited as %s', (schema, widget) => {
  expect(widgetOf(schema)).toBe(widget);
});

test('fields keep the order of their schema and read as words where no title is given', () => {
  const fields = fieldsOf({ properties: { url: { title: 'Address' }, output_variable: {} }, required: ['url'] });
  expect(fields.map(({ label, required }) => [label, required])).toEqual([
    ['Address', true],
    ['Output variable', false],
  ]);
});

test('conditions that all must hold are a list, those of which any is enough a group; deeper ones are left to JSON', () => {
  const one = { variable: 'a', operator: 'exists' };
  expect(conditionsOf(undefined)).toEqual({ any: false, list: [] });
  expect(conditionsOf([one])).toEqual({ any: false, list: [one] });
  expect(conditionsOf({ or: [one, one] })).toEqual({ any: true, list: [one, one] });
  expect([conditionsOf([{ or: [one] }]), conditionsOf({ not: one }), conditionsOf('{{ rules }}')]).toEqual([undefined, undefined, undefined]);
});
