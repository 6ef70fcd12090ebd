import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { inFlight } from './in-flight.ts';
import { batchOf, load } from './load.ts';

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const at = { connections: 2, seconds: 0.2 };

test('each request is sent in turn with its token and body, and each connection begins elsewhere', async () => {
  const seen: string[] = [];
  const url = await serve((request, response) => {
    request.on('data', (chunk) =>
      seen.push(`${request.method} ${request.url} ${request.headers.authorization} ${chunk}`),
    );
    request.on('end', () => response.end('{}'));
  });
  const requests = ['/a', '/b'].map((path) => ({ method: 'POST' as const, path, body: { path } }));
  const { p50, p99, perSecond } = await load({ url, token: 'token' }, requests, at);
  expect(new Set(seen)).toEqual(new Set(['POST /a Bearer token {"path":"/a"}', 'POST /b Bearer token {"path":"/b"}']));
  expect(new Set(seen.slice(0, 2)).size).toBe(2);
  expect(p50).toBeGreaterThan(0);
  expect(p99).toBeGreaterThanOrEqual(p50);
  expect(perSecond).toBeGreaterThan(0);
});

test('an answer that is no 2xx is an error, not a fast answer', async () => {
  const url = await serve((_request, response) => response.writeHead(409).end());
  await expect(load({ url }, [{ method: 'GET', path: '/x' }], at)).rejects.toThrow('GET');
});

test('where nothing is answered in time, it is tried again for longer', async () => {
  let asked = 0;
  const url = await serve((_request, response) => {
    asked += 1;
    if (asked > 1) response.end();
  });
  const { perSecond } = await load({ url }, [{ method: 'GET', path: '/x' }], { connections: 1, seconds: 0.1 });
  expect(asked).toBeGreaterThan(1);
  expect(perSecond).toBeGreaterThan(0);
});

test('percentiles and throughput are those of all answers', () => {
  const times = Array.from({ length: 100 }, (_, number) => 100 - number);
  expect(batchOf(times, 2000)).toEqual({ p50: 51, p99: 100, perSecond: 50 });
});

test('so many calls are in flight as there would be connections', async () => {
  let [running, most] = [0, 0];
  const call = async () => {
    running += 1;
    most = Math.max(most, running);
    await Promise.resolve();
    running -= 1;
  };
  await inFlight(call, { connections: 5, seconds: 0.05 });
  expect(most).toBe(5);
});
