import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from './browser';
import { signIn, signUp } from './studio';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

const status = async (path: string, key: string) =>
  (await fetch(new URL(path, process.env.SAASFLOWS_URL), { headers: { Authorization: `Bearer ${key}` } })).status;

test('a role of the tenant is made, given to a member, and deleted when nobody has it any more', async () => {
  const studio = await signUp(browser);
  const email = await studio.invite('viewer');
  await studio.page.goto('/settings/roles');
  await studio.click('create-role');
  await studio.fill('role-name', 'Auditor ✓');
  await studio.get('permission-read:audit').check();
  await studio.click('role-submit');
  const role = studio.get('role-row').filter({ hasText: 'Auditor ✓' });
  await role.getByText('1 permission').waitFor();
  await role.getByRole('button').first().click();
  await role.getByTestId('edit-role').click();
  await studio.get('permission-read:executions').check();
  await studio.click('role-submit');
  await role.getByText('2 permissions').waitFor();

  await studio.page.goto('/settings/people');
  const picker = studio.get('member-row').filter({ hasText: email }).getByTestId('role-picker');
  // The picker shows the choice before it is stored, and leaving the page would take the request back.
  const give = async (name: string) => {
    const stored = studio.page.waitForResponse((answer) => answer.request().method() === 'PATCH' && answer.ok());
    await picker.click();
    await studio.page.getByRole('option', { name }).click();
    await stored;
  };
  await give('Auditor ✓');
  await expect.poll(() => picker.inputValue()).toBe('Auditor ✓');

  await studio.page.goto('/settings/roles');
  await role.getByRole('button').first().click();
  await role.getByTestId('delete-role').click();
  await studio.click('confirm');
  await studio.get('error-notice').getByText('role.in_use').waitFor();
  await studio.page.goto('/settings/people');
  await give('Operator');
  await expect.poll(() => picker.inputValue()).toBe('Operator');
  await studio.page.goto('/settings/roles');
  await role.getByRole('button').first().click();
  await role.getByTestId('delete-role').click();
  await studio.click('confirm');
  await role.waitFor({ state: 'detached' });
});

test('a service account calls the API with its key until it is deleted', async () => {
  const studio = await signUp(browser);
  await studio.page.goto('/settings/service-accounts');
  await studio.click('create-service-account');
  await studio.fill('service-account-name', 'Nightly import');
  await studio.choose('service-account-role', 'viewer');
  await studio.click('service-account-submit');

  await studio.click('create-api-key');
  await studio.fill('api-key-name', 'Server room');
  // A key is offered only permissions that the account has.
  await studio.get('permission-read:workflows').waitFor();
  await expect.poll(() => studio.get('permission-create:workflows').count()).toBe(0);
  await studio.click('permission-all');
  await studio.click('api-key-submit');
  const key = await studio.get('api-key-secret').innerText();
  await studio.click('api-key-done');
  await studio.get('api-key-row').getByText('Server room').waitFor();
  expect(await status('/api/v1/workflows', key)).toBe(200);

  await studio.page.goto('/settings/service-accounts');
  await studio.click('rename-service-account');
  await studio.fill('name', 'Import');
  await studio.click('name-submit');
  await studio.get('service-account-row').getByRole('link', { name: 'Import', exact: true }).waitFor();
  await studio.click('delete-service-account');
  await studio.click('confirm');
  await studio.get('service-account-row').waitFor({ state: 'detached' });
  await expect.poll(() => status('/api/v1/workflows', key), { timeout: 10_000 }).toBe(401);
});

test('an organisation is renamed, exported, closed by its typed name, and restored; its last owner stays', async () => {
  const studio = await signUp(browser);
  await studio.page.goto('/settings/organisation');
  await studio.fill('tenant-name', 'Difference Engines');
  await studio.click('tenant-submit');
  await studio.get('settings-organisation').locator('xpath=preceding-sibling::span').last().getByText('Difference Engines').waitFor();
  const [saved] = await Promise.all([studio.page.waitForEvent('download'), studio.click('tenant-export')]);
  expect(await readFile(await saved.path(), 'utf8')).toContain('"Difference Engines"');

  await studio.click('tenant-leave');
  await studio.click('confirm');
  await studio.get('error-notice').getByText('member.last_owner').waitFor();
  await studio.page.keyboard.press('Escape');

  await studio.click('tenant-close');
  expect(await studio.get('tenant-close-confirm').isDisabled()).toBe(true);
  await studio.fill('tenant-repeat', 'Difference Engines');
  await studio.click('tenant-close-confirm');
  await studio.get('tenant-restore').waitFor();
  expect(await studio.get('nav-workflows').count()).toBe(0);
  await studio.page.reload();
  await studio.click('tenant-restore');
  await studio.get('nav-workflows').waitFor();
  await studio.create('Works again');
});

test('a member leaves, and is asked to sign in', async () => {
  const studio = await signUp(browser);
  const email = await studio.invite('editor');
  const member = await signIn(browser, email);
  await member.page.goto('/settings/organisation');
  await member.click('tenant-leave');
  await member.click('confirm');
  await member.get('auth-email').waitFor();
  // It was their only organisation.
  await member.fill('auth-email', email);
  await member.fill('auth-password', 'correct horse battery');
  await member.click('auth-submit');
  await member.get('error-notice').waitFor();
});

test('the audit log is where its old address leads, and verifies itself', async () => {
  const studio = await signUp(browser);
  await studio.page.goto('/audit?search=ada');
  await studio.page.waitForURL('**/settings/audit?search=ada');
  await studio.get('audit-row').first().waitFor();
  // Entries are sealed within a second.
  await expect
    .poll(async () => {
      await studio.click('audit-verify');
      await studio.page.locator('[data-testid=audit-verdict][data-intact=true]').waitFor();
      const head = await studio.get('audit-head').innerText();
      if (head.startsWith('0 ')) await studio.page.keyboard.press('Escape');
      return head;
    })
    .not.toMatch(/^0 /);
  const [number = '', hash = ''] = (await studio.get('audit-head').innerText()).trim().split(' ');
  await studio.fill('witness-number', number);
  await studio.fill('witness-hash', hash);
  await studio.click('witness-submit');
  await studio.page.locator('[data-testid=audit-verdict][data-witness=true]').waitFor();
  await studio.fill('witness-hash', '0'.repeat(64));
  await studio.click('witness-submit');
  await studio.page.locator('[data-testid=audit-verdict][data-witness=false]').waitFor();
});

test('a workflow is shared with another community of the organisation, and taken back', async () => {
  const studio = await signUp(browser);
  await studio.create('Shared');
  await studio.page.goto('/settings/communities');
  await studio.click('create-community');
  await studio.fill('name', 'Laboratory');
  await studio.click('name-submit');
  await studio.get('community-row').filter({ hasText: 'Laboratory' }).waitFor();
  const shares = () =>
    studio.page.evaluate(async () => {
      const read = async <T>(path: string) => ((await (await fetch(`/api/v1/${path}`)).json()) as { data: T }).data;
      const [workflow] = await read<{ workflow_id: string }[]>('workflows?search=Shared');
      return (await read<{ communities: number[] }>(`workflows/${workflow?.workflow_id ?? ''}/shares`)).communities.length;
    });

  const laboratory = studio.page.getByLabel('Laboratory');
  await studio.page.goto('/workflows');
  await studio.click('workflow-actions');
  await studio.click('share');
  await laboratory.check();
  await studio.click('share-submit');
  await expect.poll(shares).toBe(1);
  await studio.page.reload();
  await studio.click('workflow-actions');
  await studio.click('share');
  await laboratory.uncheck();
  await studio.click('share-submit');
  await expect.poll(shares).toBe(0);
});
