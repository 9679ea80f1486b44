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

test('from a webhook by a condition and an HTTP call into the chat: every node turns green', async () => {
  const receiver = await receive();
  const studio = await signUp(browser);
  await studio.click('first-workflow');
  await studio.fill('workflow-name', 'Doorbell');
  await studio.click('create-submit');

  await studio.drop('trigger_webhook', 60, 120);
  await studio.drop('condition_if', 330, 120);
  await studio.click('config-condition-add');
  await studio.fill('config-condition-variable-0', 'payload.rings');
  await studio.choose('config-condition-operator-0', 'greater_than');
  await studio.fill('config-condition-value-0', '1');
  await studio.drop('action_http', 600, 120);
  await studio.fill('config-url', receiver.url);
  await studio.drop('action_chat_message', 330, 420);
  await studio.fill('config-message_template', '{{ trigger.payload.name }} rang {{ trigger.payload.rings }} times');
  await studio.drop('flow_end', 600, 420);
  await studio.connect('webhook_1-output', 'if_1-input');
  await studio.connect('if_1-true', 'http_1-input');
  await studio.connect('http_1-success', 'chat_message_1-input');
  await studio.connect('chat_message_1-success', 'end_1-input');
  await studio.publish();

  const address = await studio.get('webhook-url').innerText();
  const answer = await fetch(address, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"name":"Ada","rings":3}' });
  expect(answer.status).toBe(200);
  const accepted = (await answer.json()) as { data: { execution_id: string } };
  const execution = accepted.data.execution_id;

  await studio.click('publish-close');
  await studio.click('nav-executions');
  await studio.get('execution-row').getByRole('link').click();
  await studio.ends('completed');
  for (const node of ['webhook_1', 'if_1', 'http_1', 'chat_message_1', 'end_1']) {
    await studio.page.locator(`[data-testid=node-status][data-node=${node}][data-status=completed]`).waitFor();
  }

  expect(receiver.keys()).toEqual([`${execution}:http_1:0`]);
  await studio.click('nav-chat');
  await studio.page.locator('[data-testid=chat-message][data-kind=workflow]', { hasText: 'Ada rang 3 times' }).waitFor();
  await receiver.close();
});

test('a run started by hand is watched node by node', async () => {
  const studio = await signUp(browser);
  await studio.create('By hand');
  await studio.drop('trigger_manual', 180, 200);
  await studio.drop('flow_end', 520, 200);
  await studio.connect('manual_1-output', 'end_1-input');
  await studio.click('run');
  await studio.fill('run-variables', '{"name": "Ada"}');
  await studio.click('run-publish-start');
  await studio.ends('completed');
  await studio.page.locator('[data-testid=node-status][data-status=completed]').nth(1).waitFor();
  await studio.click('node-end_1');
  await studio.get('node-inspector').waitFor();
});

test('a draft with mistakes is not published, and says where they are', async () => {
  const studio = await signUp(browser);
  await studio.create('Unfinished');
  await studio.drop('trigger_manual', 180, 200);
  await studio.drop('action_http', 520, 200);
  await studio.connect('manual_1-output', 'http_1-input');
  await studio.click('publish');
  await studio.click('publish-confirm');
  await studio.page.locator('[data-testid=problem][data-node=http_1]').first().click();
  await studio.get('config-url').waitFor();
  expect(await studio.get('published-version').getAttribute('data-version')).toBeNull();
});


test('a chat command starts a workflow that answers in the chat', async () => {
  const studio = await signUp(browser);
  await studio.create('Parrot');
  await studio.drop('trigger_command', 180, 200);
  await studio.fill('config-command_pattern', '!say');
  await studio.drop('action_chat_message', 520, 200);
  await studio.fill('config-message_template', 'You said {{ message }}');
  await studio.connect('command_1-output', 'chat_message_1-input');
  await studio.publish();
  await studio.click('publish-close');
  await studio.click('nav-chat');
  await studio.fill('chat-input', '!say hello');
  await studio.page.keyboard.press('Enter');
  await studio.page.locator('[data-testid=chat-message][data-kind=workflow]', { hasText: 'You said !say hello' }).waitFor();
});

test('a webhook that wants signatures shows its secret when it is made', async () => {
  const studio = await signUp(browser);
  await studio.create('Sealed');
  await studio.drop('trigger_webhook', 180, 200);
  await studio.get('config-require_signature').check({ force: true });
  await studio.drop('flow_end', 520, 200);
  await studio.connect('webhook_1-output', 'end_1-input');
  await studio.publish();
  expect((await studio.get('webhook-secret').innerText()).length).toBeGreaterThan(40);

  const address = await studio.get('webhook-url').innerText();
  const answer = await fetch(address, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
  const refusal = (await answer.json()) as { error: { code: string } };
  expect(refusal.error.code).toBe('SIGNATURE_REQUIRED');
});
