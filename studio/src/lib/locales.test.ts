import { expect, test } from 'vitest';
import de from '@/locales/de.json';
import en from '@/locales/en.json';

function leaves(value: object, prefix = ''): [string, string][] {
  return Object.entries(value).flatMap(([key, inner]: [string, string | object]): [string, string][] =>
    typeof inner === 'string' ? [[prefix + key, inner]] : leaves(inner, `${prefix}${key}.`),
  );
}

const english = new Map(leaves(en));
const german = new Map(leaves(de));
const slots = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();

test('German has every text that English has, and no other', () => {
  expect([...german.keys()].sort()).toEqual([...english.keys()].sort());
});

test('a text names the same values in both languages', () => {
  for (const [key, text] of english) expect([key, slots(german.get(key) ?? '')]).toEqual([key, slots(text)]);
});
