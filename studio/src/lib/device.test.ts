import { expect, test } from 'vitest';
import { deviceOf } from './device';

test.each([
  ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', { name: 'Firefox', system: 'Linux', kind: 'desktop' }],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0',
    { name: 'Edge', system: 'Windows', kind: 'desktop' },
  ],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15',
    { name: 'Safari', system: 'macOS', kind: 'desktop' },
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0.0.0 Mobile/15E148 Safari/604.1',
    { name: 'Chrome', system: 'iPhone', kind: 'phone' },
  ],
  [
    'Mozilla/5.0 (Linux; Android 15; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36',
    { name: 'Samsung Internet', system: 'Android', kind: 'phone' },
  ],
] as const)('a browser says where it runs: %s', (userAgent, device) => {
  expect(deviceOf(userAgent)).toEqual(device);
});

test('a program is called what it calls itself', () => {
  expect(deviceOf('curl/8.5.0')).toEqual({ name: 'curl', kind: 'program' });
});

test('who says nothing has no name', () => {
  expect(deviceOf(null)).toEqual({ kind: 'program' });
});
