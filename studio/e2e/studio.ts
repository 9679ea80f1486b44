import type { Browser, Page } from 'playwright-core';
import { afterEach, expect } from 'vitest';

const url = process.env.SAASFLOWS_URL;

export const password = 'correct horse battery';

// The violations of the Content-Security-Policy that the browser reported. There must be none.
const refused: string[] = [];
afterEach(() => expect(refused.splice(0)).toEqual([]));

/** A page of a visitor of their own. */
export async function visit(browser: Browser): Promise<Studio> {
  if (!url) throw new Error('SAASFLOWS_URL must name a running server.');
  const context = await browser.newContext({ baseURL: url, viewport: { width: 1440, height: 900 }, locale: 'en-GB', reducedMotion: 'reduce' });
  return new Studio(await context.newPage());
}

/** A page of a visitor of their own, signed up as a new tenant. */
export async function signUp(browser: Browser): Promise<Studio> {
  const studio = await visit(browser);
  await studio.page.goto('/sign-up');
  await studio.fill('auth-tenant', 'Analytical Engines');
  await studio.fill('auth-email', `ada-${crypto.randomUUID()}@example.org`);
  await studio.enter();
  return studio;
}

/** A page of a visitor, signed in with an account that exists. */
export async function signIn(browser: Browser, email: string): Promise<Studio> {
  const studio = await visit(browser);
  await studio.page.goto('/sign-in');
  await studio.fill('auth-email', email);
  await studio.enter();
  return studio;
}

export class Studio {
  constructor(readonly page: Page) {
    page.setDefaultTimeout(30_000);
    page.on('console', (message) => {
      // Redoc loads a logo from there. We block it, so that its maker does not learn about our readers.
      const isLogo = message.text().includes('https://cdn.redoc.ly/');
      if (message.text().includes('Content Security Policy') && !isLogo) refused.push(`${page.url()}: ${message.text()}`);
    });
  }

  get = (id: string) => this.page.getByTestId(id);
  edges = () => this.page.locator('.react-flow__edge');
  click = (id: string) => this.get(id).click();
  fill = (id: string, text: string) => this.get(id).fill(text);

  async enter(): Promise<void> {
    await this.fill('auth-password', password);
    await this.click('auth-submit');
    // Leaving the page earlier would cut the sign-in off.
    await this.get('nav-workflows').waitFor();
  }

  email = () => this.page.evaluate(async () => ((await (await fetch('/api/v1/me')).json()) as { data: { user: { email: string } } }).data.user.email);

  /** Somebody new joins the tenant; the answer is their address. */
  async invite(role: string): Promise<string> {
    const email = `grace-${crypto.randomUUID()}@example.org`;
    const token = await this.page.evaluate(
      async (body) => {
        const csrf = decodeURIComponent(/saasflows_csrf=([^;]*)/.exec(document.cookie)?.[1] ?? '');
        const { data: me } = (await (await fetch('/api/v1/me')).json()) as { data: { communities: { community_id: number }[] } };
        const communities = me.communities.map(({ community_id }) => ({ community_id, role: body.role }));
        const answer = await fetch('/api/v1/invitations', {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf },
          body: JSON.stringify({ ...body, communities }),
        });
        return ((await answer.json()) as { data: { token: string } }).data.token;
      },
      { email, role },
    );
    const accept = new URL(`/api/v1/invitations/${token}/accept`, url);
    await fetch(accept, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ password }) });
    return email;
  }

  /** Ends the session without the page's knowledge, as another tab would. */
  endSession = () =>
    this.page.evaluate(async () => {
      const csrf = decodeURIComponent(/saasflows_csrf=([^;]*)/.exec(document.cookie)?.[1] ?? '');
      await fetch('/api/v1/auth/logout', { method: 'POST', headers: { 'X-CSRF-Token': csrf } });
    });

  /** A second window of the same visitor. */
  another = async () => new Studio(await this.page.context().newPage());

  /** Picks a value in a select or combobox. */
  async choose(id: string, value: string): Promise<void> {
    await this.click(id);
    await this.page.locator(`[role=option][value="${value}"]`).click();
  }

  async create(name: string): Promise<void> {
    await this.page.goto('/workflows');
    await this.click('create-workflow');
    await this.fill('workflow-name', name);
    await this.click('create-submit');
    await this.get('palette-search').waitFor();
  }

  /** Opens a workflow made by the API: nodes as `type` and config by id, in a row; lines as `from.port to`. */
  async open(name: string, nodes: Record<string, [type: string, config?: object, more?: object]>, lines: string[]): Promise<void> {
    const body = {
      name,
      nodes: Object.fromEntries(
        Object.entries(nodes).map(([id, [node_type, config = {}, more = {}]], column) => [
          id,
          { ...more, node_type, label: id, config, position: { x: column * 300, y: 0 } },
        ]),
      ),
      connections: lines.map((line) => {
        const [from_node_id = '', from_port_name = '', to_node_id = ''] = line.split(/[. ]/);
        return { connection_id: line, from_node_id, from_port_name, to_node_id, to_port_name: 'input' };
      }),
    };
    const created = await this.page.evaluate(async (workflow) => {
      const token = /saasflows_csrf=([^;]*)/.exec(document.cookie)?.[1] ?? '';
      const read = async (path: string, more: RequestInit = {}) =>
        ((await (await fetch(`/api/v1/${path}`, more)).json()) as { data: Record<string, unknown> }).data;
      const [entity] = (await read('me')).entities as { entity_id: number; community_id: number }[];
      const headers = { 'Content-Type': 'application/json', 'X-CSRF-Token': decodeURIComponent(token) };
      return read('workflows', {
        method: 'POST',
        headers,
        body: JSON.stringify({ ...workflow, entity_id: entity?.entity_id, community_id: entity?.community_id }),
      });
    }, body);
    await this.page.goto(`/workflows/${String(created.workflow_id)}`);
    await this.get('palette-search').waitFor();
  }

  async drop(activity: string, x: number, y: number): Promise<void> {
    const nodes = this.page.locator('.react-flow__node');
    const before = await nodes.count();
    // A browser takes a drop only where it has seen the pointer move.
    await this.get(`palette-item-${activity}`).dragTo(this.get('canvas'), { targetPosition: { x, y }, steps: 5 });
    await nodes.nth(before).waitFor();
    await this.get('node-panel').waitFor();
  }

  /** Draws a line from one port to another, as a hand would: `hover` waits until the canvas has come to rest. */
  async connect(from: string, to: string): Promise<void> {
    const before = await this.edges().count();
    await this.get(`handle-${from}`).hover();
    await this.page.mouse.down();
    await this.get(`handle-${to}`).hover();
    await this.page.mouse.up();
    await this.edges().nth(before).waitFor({ state: 'attached' });
  }

  async publish(): Promise<void> {
    await this.click('publish');
    await this.click('publish-confirm');
    await this.get('publish-done').waitFor();
  }

  /** Waits for the execution on screen to reach a status. */
  ends = (status: string) => this.page.locator(`[data-testid=execution-status][data-status=${status}]`).waitFor();
}
