import { beforeEach, expect, test, vi } from 'vitest';

const server = { body: '' };
vi.stubGlobal('window', { location: { origin: 'http://studio.test' } });
vi.stubGlobal('document', { cookie: 'saasflows_csrf=a' });
vi.stubGlobal('fetch', () => Promise.resolve(new Response(server.body, { headers: { 'Content-Type': 'application/x-ndjson' } })));
const { exportTenant } = await import('./tenants');

const whole = '{"tenant_id":"a"}\n{"table":"t","row":{}}\n{"rows":1}\n';
beforeEach(() => Object.assign(server, { body: whole }));

test('an export comes as a file with all its lines', async () => {
  expect(await (await exportTenant()).text()).toBe(whole);
});

test('an export without its last line is refused', async () => {
  server.body = whole.slice(0, whole.lastIndexOf('{'));
  await expect(exportTenant()).rejects.toMatchObject({ status: 0, code: 'CUT_OFF' });
});
