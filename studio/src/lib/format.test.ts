import { expect, test } from 'vitest';
import { formatAgo, formatSeconds } from './format';

test('durations read in the unit that suits them', () => {
  expect(formatSeconds(0.34)).toBe('340 ms');
  expect(formatSeconds(4.24)).toBe('4.2 s');
  expect(formatSeconds(185)).toBe('3 min 5 s');
  expect(formatSeconds(7320)).toBe('2 h 2 min');
});

test('a moment reads as its distance from now, in the language asked for', () => {
  const now = Date.parse('2026-11-20T12:00:00Z');
  expect(formatAgo('2026-11-20T11:57:00Z', 'en', now)).toBe('3 min. ago');
  expect(formatAgo('2026-11-18T12:00:00Z', 'de', now)).toBe('vorgestern');
  expect(formatAgo('2026-11-20T23:59:50Z', 'en', now)).toBe('in 12 hr.');
});
