import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { codeOf } from './authenticator';
import { launchBrowser } from './browser';
import { signUp } from './studio';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

test('who switches the second factor on is asked for a code at the next sign-in, and can switch it off with a recovery code', async () => {
  const studio = await signUp(browser);
  const email = await studio.email();
  await studio.page.goto('/settings/security');
  await studio.click('toggle-second-factor');
  const secret = (await studio.get('totp-secret').innerText()).trim();
  await studio.fill('totp-code', '000000');
  await studio.click('totp-submit');
  await studio.page.getByText('This is not the app').waitFor();
  await studio.fill('totp-code', codeOf(secret));
  await studio.click('totp-submit');
  const codes = (await studio.get('recovery-codes').innerText()).split('\n').filter((code) => code !== '');
  expect(codes).toHaveLength(10);
  const [saved] = await Promise.all([studio.page.waitForEvent('download'), studio.click('recovery-download')]);
  expect(await readFile(await saved.path(), 'utf8')).toContain(codes.join('\n'));
  await studio.click('recovery-done');
  await studio.page.locator('[data-testid=second-factor][data-on=true]').waitFor();

  await studio.click('user-menu');
  await studio.click('sign-out');
  await studio.fill('auth-email', email);
  await studio.fill('auth-password', 'correct horse battery');
  await studio.click('auth-submit');
  // Each code is taken once; the next one is good already, and still is when it arrives late.
  await studio.fill('auth-code', codeOf(secret, 1));
  await studio.click('auth-submit');
  await studio.get('nav-workflows').waitFor();

  await studio.page.goto('/settings/security');
  await studio.click('toggle-second-factor');
  await studio.fill('totp-code', codes[0] ?? '');
  await studio.click('totp-submit');
  await studio.page.locator('[data-testid=second-factor][data-on=false]').waitFor();
});
