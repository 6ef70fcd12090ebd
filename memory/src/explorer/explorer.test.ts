import { afterEach, expect, test } from 'vitest';
import { LocalAuthenticator } from '../auth/local.ts';
import { createServer, type MemoryServer } from '../http/server.ts';
import { type EmbeddedService, embeddedService } from '../service/embedded-for-tests.ts';
import { addExplorer, type ExplorerOptions } from './explorer.ts';
import { pageFiles } from './files.ts';
import { OneTimeLink } from './one-time-link.ts';

let memory: EmbeddedService;
let server: MemoryServer;

function start(options?: ExplorerOptions) {
  memory = embeddedService();
  server = createServer({
    service: memory.service,
    authenticator: new LocalAuthenticator('token'),
    now: memory.clock.now,
    bodyLimit: 1024,
    requestsPerSecond: 100,
    extend: (http) => options && addExplorer(http, options),
  });
}
afterEach(async () => {
  await server.http.close();
  await memory.close();
});

test('each file is served by its name, with its type, and only once to whoever keeps it', async () => {
  start({ mode: 'read-only' });
  const types = { html: 'text/html', css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml' };
  for (const name of pageFiles('read-only').keys()) {
    const url = name === 'index.html' ? '/explorer' : `/explorer/${name}`;
    const { statusCode, headers, body } = await server.http.inject(url);
    expect(statusCode, url).toBe(200);
    expect(headers['content-type'], url).toContain(types[name.split('.').at(-1) as keyof typeof types]);
    expect(headers['cache-control']).toBe('no-cache');
    const again = await server.http.inject({ url, headers: { 'if-none-match': String(headers.etag) } });
    expect([again.statusCode, again.body, again.headers.etag]).toEqual([304, '', headers.etag]);
    const old = await server.http.inject({ url, headers: { 'if-none-match': '"older"' } });
    expect([old.statusCode, old.body]).toEqual([200, body]);
  }
});

test('a page that may change things is another page to a cache', () => {
  start();
  const tags = (['read-only', 'writable'] as const).map((mode) => pageFiles(mode).get('index.html')?.etag);
  expect(new Set(tags).size).toBe(2);
});

test('the policy of the page has no exception, and that of the API stays', async () => {
  start({ mode: 'read-only' });
  const { headers } = await server.http.inject('/explorer');
  const policy = String(headers['content-security-policy']);
  expect(policy).not.toMatch(/unsafe|https?:|\*|data:|blob:/);
  for (const directive of ["default-src 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"]) {
    expect(policy).toContain(directive);
  }
  expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
  const api = await server.http.inject('/health/live');
  expect(api.headers['content-security-policy']).toBe("default-src 'none'; frame-ancestors 'none'");
});

test('no file names another place, nor has script or style where its policy would not let it run', () => {
  start();
  for (const [name, { body }] of pageFiles('read-only')) {
    expect(body.replaceAll('http://www.w3.org/2000/svg', ''), name).not.toMatch(/\b(https?:)?\/\/[a-z]/i);
    expect(body, name).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/);
    if (name.endsWith('.html')) expect(body).not.toMatch(/<style|<script>|\son\w+=|\sstyle=/i);
  }
});

test('nothing but these files can be had', async () => {
  start({ mode: 'read-only' });
  for (const path of ['tsconfig.json', 'api-types.ts', '..%2Fexplorer.ts', '%2e%2e/files.ts', 'views/', 'index.html']) {
    expect((await server.http.inject(`/explorer/${path}`)).statusCode, path).toBe(404);
  }
  const slash = await server.http.inject('/explorer/');
  expect([slash.statusCode, slash.headers.location]).toEqual([308, '/explorer']);
});

test('where it is off, there is no page', async () => {
  start();
  for (const url of ['/explorer', '/explorer/main.js', '/explorer/token']) {
    expect((await server.http.inject(url)).statusCode, url).toBe(404);
  }
});

test('the code of the link is exchanged once, and all that is wrong with a request is told', async () => {
  const link = new OneTimeLink('the token', () => 0);
  start({ mode: 'read-only', link });
  const code = new URL(link.of('http://127.0.0.1:1')).hash.replace('#open=', '');
  const post = (payload: object) => server.http.inject({ method: 'POST', url: '/explorer/token', payload });
  const wrong = await post({ cod: 1 });
  expect(wrong.statusCode).toBe(400);
  expect(wrong.json().errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['/code', '/cod']);
  expect((await post({ code: 'x' })).statusCode).toBe(401);
  const right = await post({ code });
  expect([right.statusCode, right.json(), right.headers['cache-control']]).toEqual([
    200,
    { token: 'the token' },
    'no-store',
  ]);
  const again = await post({ code });
  expect([again.statusCode, again.json().code]).toEqual([401, 'unauthenticated']);
});
