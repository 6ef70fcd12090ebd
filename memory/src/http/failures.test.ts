import { afterEach, expect, test } from 'vitest';
import { LocalAuthenticator } from '../auth/local.ts';
import { type EmbeddedService, embeddedService } from '../service/embedded-for-tests.ts';
import { type DocumentStore, StoreFull, StoreUnavailable } from '../stores/store.ts';
import { openApi } from './openapi.ts';
import { createServer, type MemoryServer } from './server.ts';

let memory: EmbeddedService;
let server: MemoryServer;
const failures: { code: string; cause: unknown }[] = [];

/** A service whose stores fail in each call with what the function gives, from then on when it gives something. */
function start(failure: () => Error | undefined) {
  const failing = (store: DocumentStore): DocumentStore =>
    new Proxy(store, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function' || name === 'close') return value;
        return async (...given: unknown[]) => {
          const error = failure();
          if (error !== undefined) throw error;
          return Reflect.apply(value, target, given);
        };
      },
    });
  memory = embeddedService({ wrap: (_tier, store) => failing(store) });
  server = createServer({
    service: memory.service,
    authenticator: new LocalAuthenticator('token'),
    now: memory.clock.now,
    bodyLimit: 1024,
    requestsPerSecond: 100,
    observer: {
      finished: () => undefined,
      failed: (_operation, code, cause) => failures.push({ code, cause }),
      traced: (_operation, _headers, _scope, work) => work(),
    },
  });
}

const create = () =>
  server.http.inject({
    method: 'POST',
    url: '/v1/memories',
    headers: { authorization: 'Bearer token', host: 'localhost' },
    payload: { memories: [{ text: 'x' }] },
  });

afterEach(async () => {
  failures.length = 0;
  await server.http.close();
  await memory.close();
});

test('with every store down it lives, is not ready, and says when to try again', async () => {
  start(() => new StoreUnavailable('sqlite', { cause: new Error('gone to 10.0.0.7') }));
  expect((await server.http.inject('/health/live')).statusCode).toBe(200);
  const ready = await server.http.inject('/health/ready');
  expect([ready.statusCode, ready.json().status]).toEqual([503, 'down']);
  expect(ready.body).not.toContain('10.0.0.7');
  const refused = await create();
  expect([refused.statusCode, refused.json().code]).toEqual([503, 'tier-unavailable']);
  expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
});

test('a full store is 507, and nothing else is', async () => {
  start(() => new StoreFull('sqlite', { cause: new Error('disk full') }));
  const refused = await create();
  expect([refused.statusCode, refused.json().code]).toEqual([507, 'tier-full']);
});

test('what nobody foresaw is 500, without its words, which are for the log', async () => {
  start(() => new TypeError('password is hunter2'));
  const failed = await create();
  expect([failed.statusCode, failed.json().code]).toEqual([500, 'internal']);
  expect(failed.body).not.toContain('hunter2');
  expect(failures).toMatchObject([{ code: 'internal', cause: { message: 'password is hunter2' } }]);
});

test('while it drains it is not ready, and connections are not kept', async () => {
  start(() => undefined);
  server.beginDrain();
  const ready = await server.http.inject('/health/ready');
  expect([ready.statusCode, ready.json().status]).toEqual([503, 'draining']);
  const answered = await create();
  expect([answered.statusCode, answered.headers.connection]).toEqual([201, 'close']);
});

test('no answer invites another web page, a cache or a sniffer', async () => {
  start(() => undefined);
  const { headers } = await create();
  expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  expect(headers).not.toHaveProperty('access-control-allow-origin');
  const preflight = await server.http.inject({
    method: 'OPTIONS',
    url: '/v1/memories',
    headers: { origin: 'https://e.example' },
  });
  expect([preflight.statusCode, preflight.headers.allow]).toEqual([405, 'GET, HEAD, POST']);
});

test('OpenAPI has each operation with its refusals', async () => {
  start(() => undefined);
  const { paths } = openApi() as { paths: Record<string, Record<string, { responses: object; operationId: string }>> };
  expect(Object.keys(paths['/v1/memories']?.post?.responses ?? {})).toEqual(
    expect.arrayContaining(['201', '400', '401', '403', '413', '415', '422', '429', '503', '507']),
  );
  expect(paths['/v1/memories/{memoryId}:pin']?.post?.operationId).toBe('pinMemory');
});
