import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from './browser';
import { signUp } from './studio';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

test('an API key made in the studio opens the API until it is revoked', async () => {
  const studio = await signUp(browser);
  await studio.click('nav-settings');
  await studio.click('create-api-key');
  await studio.fill('api-key-name', 'Nightly report');
  await studio.get('permission-read:workflows').check();
  await studio.click('api-key-submit');
  const key = await studio.get('api-key-secret').innerText();
  await studio.click('api-key-done');
  await studio.get('api-key-row').getByText('Nightly report').waitFor();

  const ask = async (path: string) => (await fetch(new URL(path, process.env.SAASFLOWS_URL), { headers: { Authorization: `Bearer ${key}` } })).status;
  expect(await ask('/api/v1/workflows')).toBe(200);
  // It may no more than was ticked.
  expect(await ask('/api/v1/executions')).toBe(403);

  await studio.click('revoke-api-key');
  await studio.click('confirm');
  await studio.get('api-key-row').waitFor({ state: 'detached' });
  // Everywhere within five seconds.
  await expect.poll(() => ask('/api/v1/workflows'), { timeout: 10_000 }).toBe(401);
});

test('who is signed in elsewhere too ends that session from here', async () => {
  const studio = await signUp(browser);
  const email = await studio.email();
  const post = (path: string, body: object) =>
    fetch(new URL(path, process.env.SAASFLOWS_URL), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'User-Agent': 'pager/2.1' },
      body: JSON.stringify(body),
    });
  const { refresh_token } = (await (await post('/api/v1/auth/login', { email, password: 'correct horse battery' })).json()) as {
    refresh_token: string;
  };

  await studio.page.goto('/settings/sessions');
  await studio.page.locator('[data-testid=session-row][data-current=true]').waitFor();
  const other = studio.get('session-row').filter({ hasText: 'pager' });
  await other.getByTestId('end-session').click();
  await studio.click('confirm');
  await other.waitFor({ state: 'detached' });
  expect((await post('/api/v1/auth/refresh', { refresh_token })).status).toBe(401);
});

test('somebody who is invited signs up by the link, and works in the same tenant', async () => {
  const studio = await signUp(browser);
  const email = `grace-${crypto.randomUUID()}@example.org`;
  await studio.page.goto('/settings/people');
  await studio.click('invite');
  await studio.fill('invite-email', email);
  await studio.click('invite-submit');
  const link = await studio.get('invitation-link').innerText();
  await studio.click('invitation-done');
  await studio.page.locator('[data-testid=invitation-row][data-status=open]').getByText(email).waitFor();

  // Signed in with another address, one is asked to sign out first.
  await studio.page.goto(link);
  await studio.click('invitation-sign-out');
  await studio.fill('auth-password', 'correct horse battery');
  await studio.click('invitation-accept');
  await studio.get('nav-workflows').waitFor();
  await studio.click('user-menu');
  await studio.page.getByText('Analytical Engines').waitFor();
  await studio.page.getByText(email).waitFor();

  // An editor looks after no people.
  await studio.page.goto('/settings');
  await studio.get('settings-communities').waitFor();
  expect(await studio.get('settings-people').count()).toBe(0);

  // A link is good once.
  await studio.page.goto(link);
  await studio.get('error-notice').waitFor();
});

test('a community is made, named and deleted with what lives in it; the last one stays', async () => {
  const studio = await signUp(browser);
  await studio.page.goto('/settings/communities');
  await studio.click('create-community');
  await studio.fill('name', 'Laboratory');
  await studio.click('name-submit');
  const row = (name: string) => studio.get('community-row').filter({ hasText: name });
  await row('Laboratory').getByTestId('rename-community').click();
  await studio.fill('name', 'Workshop');
  await studio.click('name-submit');

  await row('Workshop').getByTestId('open-community').click();
  await studio.click('create-entity');
  await studio.fill('name', 'Front desk');
  await studio.click('name-submit');
  await studio.get('entity-row').getByText('Front desk').waitFor();

  await studio.page.goBack();
  await row('Workshop').getByTestId('delete-community').click();
  await studio.click('confirm');
  await row('Workshop').waitFor({ state: 'detached' });
  await studio.click('delete-community');
  await studio.click('confirm');
  await studio.get('error-notice').getByText('community.last').waitFor();
});

test('who belongs to two tenants goes from one to the other, and changes the password of both', async () => {
  const guest = await signUp(browser);
  const me = () =>
    guest.page.evaluate(
      async () => ((await (await fetch('/api/v1/me')).json()) as { data: { user: { email: string }; tenant: { tenant_id: string } } }).data,
    );
  const first = await me();
  const host = await signUp(browser);
  await host.page.goto('/settings/people');
  await host.click('invite');
  await host.fill('invite-email', first.user.email);
  await host.click('invite-submit');
  const link = await host.get('invitation-link').innerText();

  await guest.page.goto(link);
  await guest.click('invitation-sign-out');
  await guest.click('invitation-to-sign-in');
  await guest.fill('auth-email', first.user.email);
  await guest.fill('auth-password', 'correct horse battery');
  await guest.click('auth-submit');
  await guest.click('invitation-accept');
  await guest.get('nav-workflows').waitFor();
  expect((await me()).tenant.tenant_id).not.toBe(first.tenant.tenant_id);
  await guest.click('user-menu');
  await guest.click('switch-tenant');
  await expect.poll(async () => (await me()).tenant.tenant_id).toBe(first.tenant.tenant_id);

  await guest.page.goto('/settings/security');
  await guest.fill('current-password', 'not the password');
  await guest.fill('new-password', 'another horse battery');
  await guest.click('password-submit');
  await guest.page.getByText('This is not your password.').waitFor();
  await guest.fill('current-password', 'correct horse battery');
  await guest.click('password-submit');
  await guest.page.getByText('Your password is changed').waitFor();
});
