import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from './browser';
import { visit } from './studio';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

test.each(['/docs', '/swagger-ui/', '/redoc'])('%s shows the document', async (path) => {
  const { page } = await visit(browser);
  const answers: string[] = [];
  page.on('response', (answer) => answers.push(answer.url()));
  await page.goto(path);
  await page.getByText('/api/v1/auth/register').first().waitFor({ state: 'attached' });
  const { origin } = new URL(page.url());
  expect(answers.filter((url) => url.startsWith('http') && new URL(url).origin !== origin)).toEqual([]);
});

test('an address that is no page says so', async () => {
  const { page } = await visit(browser);
  const answer = await page.goto('/no-such-page');
  expect(answer?.status()).toBe(404);
  await page.getByRole('link', { name: /workflows/i }).waitFor();
});
