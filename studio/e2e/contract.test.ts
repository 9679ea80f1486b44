import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Schema {
  $ref?: string;
  type?: string | string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  oneOf?: Schema[];
}

interface Operation {
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
}

interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

/** Follows references and takes the part that is not null. */
function resolve(document: Document, schema: Schema | undefined): Schema {
  if (schema?.$ref) return resolve(document, document.components.schemas[schema.$ref.split('/').at(-1) ?? '']);
  return schema?.oneOf ? resolve(document, schema.oneOf.find((part) => part.type !== 'null')) : (schema ?? {});
}

/** Names that a schema's values have, as paths; lists count as their items. A schema that says nothing has none. */
function names(document: Document, schema: Schema | undefined, prefix = ''): string[] {
  const found = resolve(document, schema);
  if (found.items) return names(document, found.items, prefix);
  return Object.entries(found.properties ?? {}).flatMap(([name, inner]) => [prefix + name, ...names(document, inner, `${prefix}${name}.`)]);
}

const answer = (operation: Operation | undefined) => Object.entries(operation?.responses ?? {}).find(([status]) => status.startsWith('2'))?.[1].content?.['application/json']?.schema;

test('the server has every route and every field that the studio was generated from', async () => {
  const ours = JSON.parse(readFileSync(new URL('../openapi.json', import.meta.url), 'utf8')) as Document;
  const response = await fetch(new URL('/api/v1/openapi.json', process.env.SAASFLOWS_URL));
  const theirs = (await response.json()) as Document;

  const missing = Object.entries(ours.paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, operation]) => {
      const other = theirs.paths[path]?.[method];
      if (!other) return [`${method} ${path}`];
      const known = new Set(names(theirs, answer(other)));
      // Where the server's document leaves a part open (a JSON value), there is nothing to compare below it.
      const closed = (name: string) => name.split('.').every((_, depth, parts) => depth === 0 || [...known].some((other) => other.startsWith(`${parts.slice(0, depth).join('.')}.`)));
      return names(ours, answer(operation))
        .filter((name) => known.size > 0 && closed(name) && !known.has(name))
        .map((name) => `${method} ${path}: ${name}`);
    }),
  );
  expect(missing).toEqual([]);
});
