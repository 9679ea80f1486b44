import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from './browser';
import { signIn, signUp } from './studio';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

test('archiving says what it means, is undone, and what is archived says so and is restored', async () => {
  const studio = await signUp(browser);
  await studio.open('Old', { hook: ['trigger_webhook'], end: ['flow_end'] }, ['hook.output end']);
  await studio.publish();
  const hook = await studio.get('webhook-url').innerText();
  const deliver = async () => (await fetch(hook, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })).status;
  await studio.click('publish-close');
  const address = studio.page.url();
  const archive = async () => {
    await studio.page.goto('/workflows');
    await studio.click('workflow-actions');
    await studio.click('archive');
    await studio.click('confirm');
    await studio.get('workflow-row').waitFor({ state: 'detached' });
  };

  await archive();
  expect(await deliver()).toBe(404);
  await studio.click('undo-done');
  await studio.get('workflow-row').waitFor();
  expect(await deliver()).toBe(200);

  await archive();
  await studio.page.goto(address);
  await studio.page.locator('[data-testid=locked][data-lock=archived]').waitFor();
  expect(await studio.get('run').count()).toBe(0);
  expect(await studio.get('palette-search').count()).toBe(0);
  await studio.click('restore');
  await studio.get('palette-search').waitFor();
  expect(await deliver()).toBe(200);

  await archive();
  await studio.page.goto('/workflows?status=archived');
  await studio.click('workflow-actions');
  await studio.click('restore');
  await studio.get('workflow-row').waitFor({ state: 'detached' });
});

test('what somebody else archives while one edits says so, and keeps the changes that came too late', async () => {
  const studio = await signUp(browser);
  await studio.open('Taken away', { start: ['trigger_manual'], end: ['flow_end'] }, ['start.output end']);
  await studio.publish();
  await studio.click('publish-close');
  const other = await studio.another();
  await other.page.goto('/workflows');
  await other.click('workflow-actions');
  await other.click('archive');
  await other.click('confirm');
  await other.get('workflow-row').waitFor({ state: 'detached' });

  await studio.drop('action_delay', 320, 420);
  await studio.page.locator('[data-testid=locked][data-lock=archived]').getByText('this browser keeps them').waitFor();
  for (const button of ['save', 'publish', 'run', 'save-state']) expect(await studio.get(button).count(), button).toBe(0);
  await studio.click('restore');
  await studio.get('recovered').waitFor();
  await studio.get('node-delay_1').waitFor();
  // Archiving and restoring count as somebody else's doing: whose state stands is asked.
  await studio.click('stale-mine');
  await studio.page.locator('[data-testid=save-state][data-state=saved]').waitFor();
});

test('a viewer looks at a workflow and is offered nothing that would be refused', async () => {
  const studio = await signUp(browser);
  await studio.open('Seen', { start: ['trigger_manual'], wait: ['action_delay', { delay_ms: 3_600_000 }] }, ['start.output wait']);
  await studio.click('run');
  await studio.click('run-publish-start');
  await studio.ends('waiting');
  const execution = await studio.get('run-bar').getAttribute('data-execution');
  const viewer = await signIn(browser, await studio.invite('viewer'));
  const refused: string[] = [];
  viewer.page.on('response', (answer) => answer.status() === 403 && refused.push(answer.url()));

  await viewer.page.goto('/workflows');
  expect(await viewer.get('create-workflow').count()).toBe(0);
  await viewer.click('workflow-actions');
  await expect.poll(() => viewer.page.getByRole('menuitem').count()).toBe(2);
  await viewer.page.keyboard.press('Escape');
  await viewer.page.getByRole('link', { name: 'Seen' }).click();
  await viewer.page.locator('[data-testid=locked][data-lock=role]').waitFor();
  for (const button of ['save', 'test', 'publish', 'run', 'undo', 'palette-search', 'toggle-pause'])
    expect(await viewer.get(button).count(), button).toBe(0);
  await viewer.click('node-wait');
  expect(await viewer.get('config-delay_ms').isEditable()).toBe(false);
  const enabled = viewer.page.getByRole('switch', { name: 'Switched on' });
  await enabled.click({ force: true });
  expect(await enabled.isChecked()).toBe(true);
  await viewer.click('validate');
  await viewer.get('problems').waitFor();

  await viewer.page.goto(`/executions/${execution}`);
  await viewer.ends('waiting');
  expect(await viewer.get('cancel-execution').count()).toBe(0);
  for (const place of [
    '/workflows',
    '/executions',
    '/approvals',
    '/chat',
    '/activities',
    '/settings/api-keys',
    '/settings/organisation',
    '/settings/communities',
  ]) {
    await viewer.page.goto(place);
    await viewer.page.getByRole('heading').first().waitFor();
  }
  for (const place of ['/settings/people', '/settings/roles', '/settings/service-accounts', '/settings/audit']) {
    await viewer.page.goto(place);
    await viewer.page.getByText('Page not found').waitFor();
  }
  expect(refused).toEqual([]);
});

test('an iteration that failed is seen and opened, and a waiting node says until when, or for what', async () => {
  const studio = await signUp(browser);
  await studio.open(
    'Rounds',
    {
      start: ['trigger_manual'],
      each: ['loop_foreach', { array_variable: '{{ [{ by: { most: 1 } }, { none: 2 }, { by: { most: 3 } }] }}' }],
      half: ['data_transform', { transformations: { half: 'item.by.most' } }, { on_error: 'continue' }],
      wait: ['action_delay', { delay_ms: 3_600_000 }],
      event: ['action_wait_event', { event_type: 'order.paid' }],
    },
    ['start.output each', 'each.loop half', 'each.complete wait', 'start.output event'],
  );
  await studio.click('run');
  await studio.click('run-publish-start');
  await studio.ends('waiting');
  await studio.get('failed-runs-half').getByText('1 failed').waitFor();
  const execution = await studio.get('run-bar').getAttribute('data-execution');
  await studio.page.goto(`/executions/${execution}`);
  await studio.page.locator('[data-testid=timeline-step][data-node=wait]').getByTestId('waits-until').waitFor();
  await studio.page.locator('[data-testid=timeline-step][data-node=event]').getByText('until the event arrives').waitFor();
  await studio.page.locator('[data-testid=timeline-step][data-node=half]').getByTestId('step-failures').waitFor();
  await studio.click('tab-incidents');
  await studio.page.locator('[data-testid=incident][data-node=half]').click();
  await studio.get('node-error').waitFor();
  await studio.page.locator('[data-testid=node-run-row][data-scope="each:1"][aria-current]').waitFor();
  await studio.get('node-runs').getByText('All 3 runs').click();
  await studio.page.locator('[data-testid=node-run-row][data-scope="each:2"]').click();
  await studio.page.getByRole('tab', { name: 'Output' }).click();
  await studio.get('node-output').getByText('3').waitFor();
});
