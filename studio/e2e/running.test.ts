import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from './browser';
import { receive } from './receiver';
import { signUp } from './studio';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

test('a loop drawn back to its beginning is seen to turn', async () => {
  const turns: ((status: number) => void)[] = [];
  const turn = () => new Promise<number>((resolve) => turns.push(resolve));
  const receiver = await receive(turn(), turn(), turn());
  const studio = await signUp(browser);
  await studio.open(
    'Rounds',
    {
      start: ['trigger_manual'],
      each: ['loop_foreach', { array_variable: [1, 2, 3] }],
      call: ['action_http', { url: receiver.url }],
      end: ['flow_end'],
    },
    ['start.output each', 'each.loop call', 'each.complete end'],
  );
  await studio.connect('call-success', 'each-input');
  await studio.get('back-edge').waitFor();
  await studio.click('run');
  await studio.click('run-publish-start');
  await studio.get('node-status').and(studio.page.locator('[data-node=call][data-status=running]')).waitFor();
  turns[0]?.(200);
  await studio.get('runs-call').getByText('×2').waitFor();
  turns[1]?.(200);
  await studio.get('runs-call').getByText('×3').waitFor();
  turns[2]?.(200);
  await studio.ends('completed');
  await receiver.close();
});

test('an approval given in the browser lets the execution go on; who comes second is told', async () => {
  const studio = await signUp(browser);
  await studio.open(
    'Refund',
    { start: ['trigger_manual'], ask: ['action_approval', { message: 'Refund 12?' }], end: ['flow_end', { output_data: '{{ input.comment }}' }] },
    ['start.output ask', 'ask.approved end'],
  );
  await studio.click('run');
  await studio.click('run-publish-start');
  await studio.ends('waiting');
  const execution = await studio.get('run-bar').getAttribute('data-execution');

  const other = await studio.another();
  for (const { page } of [studio, other]) await page.goto('/approvals');
  await other.click('reject');
  await studio.click('approve');
  await studio.fill('decision-comment', 'Fine');
  await studio.click('decision-confirm');
  await studio.get('approval').waitFor({ state: 'detached' });
  await other.click('decision-confirm');
  await other.get('approval-late').waitFor();

  await studio.page.goto(`/executions/${execution}`);
  await studio.ends('completed');
  await studio.page.getByRole('tab', { name: 'Output' }).click();
  await studio.get('execution-output').getByText('Fine').waitFor();
});

test('a failed execution says what went wrong, and goes on from the node that failed', async () => {
  const receiver = await receive(500);
  const studio = await signUp(browser);
  await studio.open(
    'Fragile',
    {
      start: ['trigger_manual'],
      set: ['data_variable_set', { variables: { n: 1 } }],
      call: ['action_http', { url: receiver.url }],
      end: ['flow_end'],
    },
    ['start.output set', 'set.output call', 'call.success end'],
  );
  await studio.click('run');
  await studio.click('run-publish-start');
  await studio.ends('failed');
  const first = await studio.get('run-bar').getAttribute('data-execution');
  await studio.page.goto(`/executions/${first}`);
  await studio.click('tab-incidents');
  await studio.page.locator('[data-testid=incident][data-node=call][data-outcome=failed]').click();
  await studio.click('retry-from-here');
  await studio.click('retry-confirm');
  await studio.page.waitForURL((address) => !address.pathname.endsWith(String(first)));
  await studio.ends('completed');
  await studio.get('relatives').getByRole('link').first().waitFor();
  expect(receiver.keys()).toHaveLength(2);
  await receiver.close();
});

test('a test shows what would be sent and sends nothing; a pinned output is taken instead', async () => {
  const receiver = await receive();
  const studio = await signUp(browser);
  await studio.open(
    'Rehearsal',
    {
      start: ['trigger_manual'],
      call: ['action_http', { url: receiver.url, method: 'POST' }],
      end: ['flow_end', { output_data: '{{ input.status }}' }],
    },
    ['start.output call', 'call.success end'],
  );
  await studio.click('test');
  await studio.click('test-start');
  await studio.page.locator('[data-testid=test-bar][data-passed=true]').waitFor();
  await studio.page.locator('[data-testid=trace-entry][data-node=call]').click();
  await studio.get('test-would').getByText(receiver.url).waitFor();
  await studio.click('pin-this');
  await studio.page.getByRole('tab', { name: 'Configuration' }).click();
  await studio.fill('pin-output', '{"status": 418}');
  await studio.page.reload();
  await studio.get('pinned-call').waitFor();
  await studio.click('test');
  await studio.click('test-start');
  await studio.page.locator('[data-testid=trace-entry][data-node=end]').click();
  await studio.get('node-output').getByText('418').waitFor();
  expect(receiver.keys()).toEqual([]);
  await receiver.close();
});

test('a paused workflow says so and starts nothing until it is resumed', async () => {
  const studio = await signUp(browser);
  await studio.open('Nap', { start: ['trigger_manual'], end: ['flow_end'] }, ['start.output end']);
  await studio.publish();
  await studio.click('publish-close');
  await studio.click('toggle-pause');
  await studio.get('paused').waitFor();
  await studio.click('run');
  await studio.click('run-start');
  await studio.get('error-notice').waitFor();
  await studio.page.keyboard.press('Escape');
  await studio.click('toggle-pause');
  await studio.get('paused').waitFor({ state: 'detached' });
  await studio.click('run');
  await studio.click('run-start');
  await studio.ends('completed');
});
