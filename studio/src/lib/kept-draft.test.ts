import { expect, test, vi } from 'vitest';
import { draftKey, dropDrafts, keptDrafts } from './kept-draft';

test('whoever signs out is told of their own drafts, and only those are dropped', () => {
  const store: Record<string, string> = { [draftKey('a', '1')]: '{}', [draftKey('a', '2')]: '{}', [draftKey('b', '1')]: '{}', theme: 'dark' };
  Object.defineProperty(store, 'removeItem', { value: (key: string) => Reflect.deleteProperty(store, key) });
  vi.stubGlobal('localStorage', store);
  expect(keptDrafts('a')).toEqual([draftKey('a', '1'), draftKey('a', '2')]);
  dropDrafts('a');
  expect(Object.keys(store)).toEqual([draftKey('b', '1'), 'theme']);
});
