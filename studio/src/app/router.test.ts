import { expect, test, vi } from 'vitest';
import pages from '../../public/pages.json';

test('the server knows every page and no other', async () => {
  // As much of a browser as the router asks for when it is made.
  const nothing = () => undefined;
  const history = { state: null, pushState: nothing, replaceState: nothing };
  const page = { location: new URL('http://localhost/'), history, addEventListener: nothing };
  const browser = {
    ...page,
    window: page,
    self: page,
    document: { documentElement: {}, addEventListener: nothing },
    localStorage: { getItem: () => 'en' },
  };
  Object.entries(browser).forEach(([name, value]) => vi.stubGlobal(name, value));

  const { router } = await import('./router');
  const paths = Object.keys(router.routesByPath).map((path) => path.replace(/(.)\/$/, '$1'));
  expect(pages).toEqual([...new Set(paths)].sort());
});
