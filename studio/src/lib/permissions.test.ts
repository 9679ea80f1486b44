import { expect, test } from 'vitest';
import { byNoun } from './permissions';

test('permissions come together by what they are about, the largest group first', () => {
  expect(byNoun(['read:audit', 'read:workflows', 'manage:community_members', 'create:workflows'])).toEqual([
    ['workflows', ['read:workflows', 'create:workflows']],
    ['audit', ['read:audit']],
    ['community_members', ['manage:community_members']],
  ]);
});
