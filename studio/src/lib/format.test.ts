import { expect, test, vi } from 'vitest';
import { formatAgo, formatSeconds, localeOf } from './format';

test('durations read in the unit that suits them', () => {
  expect(formatSeconds(0.34)).toBe('340 ms');
  expect(formatSeconds(4.24)).toBe('4.2 s');
  expect(formatSeconds(185)).toBe('3 min 5 s');
  expect(formatSeconds(7320)).toBe('2 h 2 min');
});

test('a moment reads as its distance from now, in the language asked for', () => {
  vi.stubGlobal('navigator', { languages: ['en', 'de'] });
  const now = Date.parse('2026-11-20T12:00:00Z');
  expect(formatAgo('2026-11-20T11:57:00Z', 'en', now)).toBe('3 min. ago');
  expect(formatAgo('2026-11-18T12:00:00Z', 'de', now)).toBe('vorgestern');
  expect(formatAgo('2026-11-20T23:59:50Z', 'en', now)).toBe('in 12 hr.');
});

test('dates are written as the browser wants them, where it speaks the language of the studio', () => {
  expect(localeOf('en', ['en-GB', 'en'])).toBe('en-GB');
  expect(localeOf('en', ['de-DE', 'en-AU'])).toBe('en-AU');
  expect(localeOf('de', ['en-GB', 'en'])).toBe('de');
  expect(localeOf('en', ['en'])).toBe('en');
});
