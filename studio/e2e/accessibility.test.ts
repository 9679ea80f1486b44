import axe from 'axe-core';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from './browser';
import { signUp, type Studio } from './studio';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

/** The accessibility violations on the current page, by rule. */
async function problems(studio: Studio): Promise<string[]> {
  // By the debugger's way: what the page's security policy forbids scripts of the page does not concern it.
  await studio.page.evaluate(axe.source);
  return studio.page.evaluate(async () => {
    const run = (window as unknown as { axe: typeof axe }).axe.run;
    const { violations } = await run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${(failureSummary ?? '').replaceAll('\n', ' ')}`),
    );
  });
}

test('pages, dialogs and menus are usable with assistive technology, in light and in dark', async () => {
  const studio = await signUp(browser);
  await studio.open('Reads well', { start: ['trigger_manual'], call: ['action_http', { url: 'http://127.0.0.1:9' }], end: ['flow_end'] }, [
    'start.output call',
    'call.success end',
  ]);
  const designer = studio.page.url();
  const { page } = studio;
  const views: [string, () => Promise<unknown>][] = [
    ['the list', () => page.goto('/workflows').then(() => studio.get('workflow-row').waitFor())],
    ['a row menu', () => studio.click('workflow-actions').then(() => studio.get('archive').waitFor())],
    ['a dialog', () => studio.click('archive').then(() => studio.get('confirm').waitFor())],
    [
      'a form',
      () =>
        page
          .goto('/workflows')
          .then(() => studio.click('create-workflow'))
          .then(() => studio.get('workflow-name').waitFor()),
    ],
    ['the designer', () => page.goto(designer).then(() => studio.get('workflow-panel').waitFor())],
    ['a node', () => studio.click('node-call').then(() => studio.get('node-panel').waitFor())],
    ['executions', () => page.goto('/executions').then(() => page.getByRole('heading').first().waitFor())],
    ['approvals', () => page.goto('/approvals').then(() => page.getByRole('heading').first().waitFor())],
    ['chat', () => page.goto('/chat').then(() => studio.get('chat-input').waitFor())],
    ['activities', () => page.goto('/activities').then(() => page.getByRole('heading').first().waitFor())],
    [
      'API keys',
      () =>
        page
          .goto('/settings/api-keys')
          .then(() => studio.click('create-api-key'))
          .then(() => studio.get('permission-all').waitFor()),
    ],
    ['people', () => page.goto('/settings/people').then(() => studio.get('member-row').waitFor())],
    ['roles', () => page.goto('/settings/roles').then(() => studio.get('role-row').first().waitFor())],
    ['the audit log', () => page.goto('/settings/audit').then(() => studio.get('audit-row').first().waitFor())],
    ['security', () => page.goto('/settings/security').then(() => studio.get('current-password').waitFor())],
  ];
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const [name, open] of views) {
      await open();
      found.push(...(await problems(studio)).map((problem) => `${colorScheme}, ${name}: ${problem}`));
    }
  }
  expect(found).toEqual([]);
});

test('what may only be read, what did not run and what failed is legible, in light and in dark', async () => {
  const studio = await signUp(browser);
  const condition = [{ variable: 'a', operator: 'equals', value: 1 }];
  await studio.open(
    'Put away',
    {
      start: ['trigger_manual'],
      ask: ['condition_if', { condition }],
      call: ['action_http', { url: 'http://127.0.0.1:9', body: { a: 1 } }],
      end: ['flow_end'],
    },
    ['start.output ask', 'ask.true call', 'ask.false end'],
  );
  const { page } = studio;
  const designer = page.url();
  await studio.click('run');
  await studio.click('run-publish-start');
  await studio.ends('completed');
  const execution = await studio.get('run-bar').getAttribute('data-execution');
  await page.goto('/workflows');
  await studio.click('workflow-actions');
  await studio.click('archive');
  await studio.click('confirm');
  await studio.get('workflow-row').waitFor({ state: 'detached' });

  const refusal = { status: 500, contentType: 'application/json', body: '{"error":{"code":"BROKEN","message":"It broke."}}' };
  await page.route('**/validate', (route) => route.fulfill(refusal));
  const node = (id: string) => () =>
    studio.click(`node-${id}`).then(() =>
      studio
        .get('node-label')
        .and(page.locator(`[value=${id}]`))
        .waitFor(),
    );
  const skipped = page.locator('[data-testid=node-status][data-status=skipped]');
  const views: [string, () => Promise<unknown>][] = [
    ['a workflow', () => page.goto(designer).then(() => studio.get('workflow-panel').waitFor())],
    ['a request', node('call')],
    ['a condition', node('ask')],
    ['an error', () => studio.click('validate').then(() => page.getByText('It broke.').waitFor())],
    ['an execution', () => page.goto(`/executions/${execution}`).then(() => skipped.waitFor())],
  ];
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const [name, open] of views) {
      await open();
      found.push(...(await problems(studio)).map((problem) => `${colorScheme}, ${name}: ${problem}`));
    }
  }
  expect(found).toEqual([]);
});

test('a box for everything is ticked when everything is', async () => {
  const studio = await signUp(browser);
  await studio.page.goto('/settings/api-keys');
  await studio.click('create-api-key');
  await studio.click('permission-all');
  expect(await studio.get('permission-all').isChecked()).toBe(true);
  await studio.click('permission-read:workflows');
  expect(await studio.get('permission-all').evaluate((box: HTMLInputElement) => [box.checked, box.indeterminate])).toEqual([false, true]);
  await studio.click('permission-all');
  expect(await studio.get('permission-all').isChecked()).toBe(true);
  await studio.click('permission-all');
  expect(await studio.get('permission-read:workflows').isChecked()).toBe(false);
});

for (const width of [1024, 800, 600]) {
  test(`a workflow is drawn, connected and configured on a screen of ${width} pixels`, async () => {
    const studio = await signUp(browser);
    await studio.page.setViewportSize({ width, height: 800 });
    await studio.page.goto('/workflows');
    await studio.click('create-workflow');
    await studio.fill('workflow-name', 'Narrow');
    await studio.click('create-submit');
    await studio.click('open-palette');
    await studio.click('palette-item-trigger_manual');
    await studio.get('node-panel').waitFor();
    await studio.click('open-palette');
    await studio.click('palette-item-flow_end');
    await studio.get('node-end_1').waitFor();
    await studio.edges().first().waitFor({ state: 'attached' });
    await studio.publish();
    await studio.click('publish-close');
    await studio.click('run');
    await studio.click('run-start');
    await studio.ends('completed');
    expect(await studio.page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  });
}

test('on a phone every place and every row’s menu is in sight', async () => {
  const studio = await signUp(browser);
  await studio.open('Small', { start: ['trigger_manual'] }, []);
  const { page } = studio;
  const shown = ['nav-workflows', 'nav-executions', 'nav-approvals', 'nav-chat', 'user-menu', 'workflow-actions'];
  for (const width of [390, 320]) {
    await page.setViewportSize({ width, height: 844 });
    await page.goto('/workflows');
    // Whole within the screen, without scrolling anything.
    const inSight = (id: string) =>
      studio.get(id).evaluate((item) => {
        const { left, right } = item.getBoundingClientRect();
        const hit = document.elementFromPoint((left + right) / 2, item.getBoundingClientRect().top + 10);
        return left >= 0 && right <= window.innerWidth && item.contains(hit);
      });
    await studio.get('workflow-actions').waitFor();
    for (const id of shown) expect(await inSight(id), id).toBe(true);
    await studio.click('user-menu');
    await studio.click('nav-activities');
    await page.waitForURL('**/activities');
    await studio.click('user-menu');
    await studio.click('nav-settings');
    await page.waitForURL('**/settings/**');
  }
});
