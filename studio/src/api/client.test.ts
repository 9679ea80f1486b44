import { beforeEach, expect, test, vi } from 'vitest';

const state = { cookie: '', calls: [] as string[], live: '', refreshable: true };

const answer = (status: number) =>
  new Response(JSON.stringify({ success: status < 400, data: {} }), { status, headers: { 'Content-Type': 'application/json' } });

/** A server whose access token is the csrf value: what carries another one is too old. */
async function server(input: Request | string, init?: RequestInit): Promise<Response> {
  const path = typeof input === 'string' ? input : new URL(input.url).pathname;
  const csrf = typeof input === 'string' ? (init?.headers as Record<string, string>)['X-CSRF-Token'] : input.headers.get('X-CSRF-Token');
  state.calls.push(`${path} ${csrf ?? '-'}`);
  await Promise.resolve();
  if (path === '/api/v1/auth/refresh') {
    if (!state.refreshable || csrf !== state.cookie.split('=')[1]) return answer(401);
    state.live = `${csrf}+`;
    state.cookie = `saasflows_csrf=${state.live}`;
    return answer(200);
  }
  return answer(state.cookie === `saasflows_csrf=${state.live}` ? 200 : 401);
}

let turn: Promise<unknown> = Promise.resolve();
const locks = { request: (_name: string, work: () => Promise<unknown>) => (turn = turn.then(work)) };

vi.stubGlobal('window', { location: { origin: 'http://studio.test' } });
vi.stubGlobal('document', {
  get cookie() {
    return state.cookie;
  },
});
vi.stubGlobal('navigator', { locks });
vi.stubGlobal('fetch', server);
const { api } = await import('./client');

beforeEach(() => Object.assign(state, { cookie: 'saasflows_csrf=a', calls: [], live: 'b', refreshable: true }));

test('a request whose token is too old is sent again with the next one', async () => {
  const { response } = await api.POST('/api/v1/workflows', { body: { name: 'x' } as never });
  expect(response.status).toBe(200);
  expect(state.calls).toEqual(['/api/v1/workflows a', '/api/v1/auth/refresh a', '/api/v1/workflows a+']);
});

test('requests at the same moment refresh once', async () => {
  const answers = await Promise.all([api.GET('/api/v1/me'), api.GET('/api/v1/me'), api.GET('/api/v1/me')]);
  expect(answers.map(({ response }) => response.status)).toEqual([200, 200, 200]);
  expect(state.calls.filter((call) => call.startsWith('/api/v1/auth/refresh'))).toHaveLength(1);
});

test('a session that has ended stays ended', async () => {
  state.refreshable = false;
  const { response } = await api.GET('/api/v1/me');
  expect(response.status).toBe(401);
  expect(state.calls).toHaveLength(2);
});

test('who is not signed in, and a wrong password, refresh nothing', async () => {
  await api.POST('/api/v1/auth/login', { body: { email: 'a', password: 'b' } });
  state.cookie = '';
  await api.GET('/api/v1/me');
  expect(state.calls).toEqual(['/api/v1/auth/login a', '/api/v1/me -']);
});
