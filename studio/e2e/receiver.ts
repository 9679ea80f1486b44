import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A real server for workflows to call. It remembers the idempotency keys that arrived.
 * The first calls get the given statuses, as soon as they are known; later ones get 200.
 */
export async function receive(...statuses: (number | Promise<number>)[]) {
  const keys: string[] = [];
  const server = createServer((request, response) => {
    const status = Promise.resolve(statuses[keys.length] ?? 200);
    keys.push(String(request.headers['idempotency-key']));
    request.resume();
    void status.then((code) => response.writeHead(code, { 'content-type': 'application/json' }).end('{"heard":true}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/bell`,
    keys: () => keys,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}
