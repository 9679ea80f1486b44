import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from './browser';
import { password, signUp, type Studio } from './studio';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

const saved = (studio: Studio) => studio.page.locator('[data-testid=save-state][data-state=saved]').waitFor();
const update = /\/api\/v1\/workflows\/[0-9a-f-]{36}$/;

test('changes are saved by themselves, and before somebody goes on to another page', async () => {
  const studio = await signUp(browser);
  await studio.create('Careful');
  const address = studio.page.url();
  await studio.drop('trigger_manual', 180, 200);
  await saved(studio);
  await studio.drop('flow_end', 520, 200);
  await studio.click('nav-chat');
  await studio.page.waitForURL('**/chat');
  await studio.page.goto(address);
  await studio.get('node-manual_1').waitFor();
  await studio.get('node-end_1').waitFor();
});

test('what was drawn when the session ended is there after signing in over the page', async () => {
  const studio = await signUp(browser);
  await studio.create('Interrupted');
  await studio.drop('trigger_manual', 180, 200);
  await saved(studio);
  await studio.endSession();
  await studio.drop('flow_end', 520, 200);
  await studio.fill('auth-password', 'not the password');
  await studio.click('auth-submit');
  await studio.get('error-notice').waitFor();
  await studio.fill('auth-password', password);
  await studio.click('auth-submit');
  await studio.get('sign-in-again').waitFor({ state: 'detached' });
  await saved(studio);
  await studio.page.reload();
  await studio.get('node-manual_1').waitFor();
  await studio.get('node-end_1').waitFor();
});

test('what had not reached the server when the page went away is found again in this browser', async () => {
  const studio = await signUp(browser);
  await studio.create('Crashed');
  await studio.page.route(update, (route) => (route.request().method() === 'PUT' ? route.abort() : route.fallback()));
  await studio.drop('trigger_manual', 180, 200);
  await studio.page.reload();
  await studio.get('recovered').waitFor();
  await studio.get('node-manual_1').waitFor();
  await studio.page.unroute(update);
  await saved(studio);
  expect(await studio.page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('saasflows.draft.')))).toEqual([]);
});

test('without a network one works on, is told, and loses nothing', async () => {
  const studio = await signUp(browser);
  await studio.create('Tunnel');
  const address = studio.page.url();
  await studio.page.context().setOffline(true);
  await studio.get('offline').waitFor();
  await studio.drop('trigger_manual', 180, 200);
  await studio.page.locator('[data-testid=save-state][data-state=local]').waitFor();
  await studio.click('nav-chat');
  await studio.click('stay');
  await studio.page.context().setOffline(false);
  await studio.get('offline').waitFor({ state: 'detached' });
  await saved(studio);
  await studio.page.goto(address);
  await studio.get('node-manual_1').waitFor();
});

test('while the server can’t save, that is said until it can', async () => {
  const studio = await signUp(browser);
  await studio.create('Outage');
  const address = studio.page.url();
  const away = { status: 503, contentType: 'application/json', body: '{"error":{"code":"UNAVAILABLE","message":"Try again later."}}' };
  await studio.page.route(update, (route) => (route.request().method() === 'PUT' ? route.fulfill(away) : route.fallback()));
  await studio.drop('trigger_manual', 180, 200);
  await studio.get('save-failing').getByText('kept in this browser').waitFor();
  await studio.page.locator('[data-testid=save-state][data-state=local]').waitFor();
  await studio.page.unroute(update);
  await saved(studio);
  await studio.get('save-failing').waitFor({ state: 'detached' });
  await studio.page.goto(address);
  await studio.get('node-manual_1').waitFor();
});

test('a draft that somebody else saved meanwhile is not overwritten without a question', async () => {
  const studio = await signUp(browser);
  await studio.create('Two hands');
  const other = await studio.another();
  await other.page.goto(studio.page.url());
  await other.drop('trigger_manual', 180, 200);
  await saved(other);
  await studio.drop('flow_end', 520, 200);
  await studio.click('stale-theirs');
  await studio.get('node-manual_1').waitFor();
  expect(await studio.get('node-end_1').count()).toBe(0);
});

test('one edits on after publishing', async () => {
  const studio = await signUp(browser);
  await studio.open('Again', { start: ['trigger_manual'], end: ['flow_end'] }, ['start.output end']);
  await studio.publish();
  await studio.click('publish-close');
  await studio.drop('flow_end', 520, 320);
  await saved(studio);
});

test('who signs out leaves no draft behind', async () => {
  const studio = await signUp(browser);
  await studio.create('Private');
  await studio.page.route(update, (route) => (route.request().method() === 'PUT' ? route.abort() : route.fallback()));
  await studio.drop('trigger_manual', 180, 200);
  await studio.click('user-menu');
  await studio.click('sign-out');
  await studio.click('leave');
  await studio.get('auth-email').waitFor();
  await expect.poll(() => studio.page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('saasflows.draft.')))).toEqual([]);
});
