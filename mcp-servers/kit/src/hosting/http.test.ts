import { type IncomingHttpHeaders, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { agentsServer, agentsState } from '../testing/agents.fixture.ts';
import { type Issuer, startIssuer } from '../testing/issuer.ts';
import { type ServerUnderTest, startForTest } from '../testing/start.ts';

interface Told {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A request as no well-behaved client makes it. */
async function ask(
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: string | Buffer } = {},
): Promise<Told> {
  const { method = 'POST', headers = {}, body } = options;
  const answer = Promise.withResolvers<Told>();
  const sent = request(
    url,
    { method, agent: false, headers: { 'content-type': 'application/json', ...headers } },
    async (response) => {
      answer.resolve({ status: response.statusCode ?? 0, headers: response.headers, body: await text(response) });
    },
  );
  sent.on('error', answer.reject);
  sent.end(body);
  return answer.promise;
}

const call = (name: string, args: object = {}) =>
  JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name, arguments: args } });
const old = { accept: 'application/json, text/event-stream', 'mcp-protocol-version': '2025-11-25' };
const open: ServerUnderTest[] = [];
const started = async (...given: Parameters<typeof startForTest>) => {
  const server = await startForTest(...given);
  open.push(server);
  return server;
};
afterEach(async () => {
  for (const server of open.splice(0)) await server.stop();
});

describe('before the protocol', () => {
  let server: ServerUnderTest;
  let base: string;
  beforeAll(async () => {
    const environment = {
      MCP_BODY_LIMIT_BYTES: '2000',
      MCP_ALLOWED_ORIGINS: 'https://app.example',
      MCP_RATE_LIMIT_PER_SECOND: '1000',
    };
    server = await startForTest(agentsServer, environment);
    base = new URL(server.url).origin;
  });
  afterAll(() => server.stop());

  test.each([
    ['the name of another host', { host: 'evil.example' }, 421],
    ['that name with the right port', { host: 'evil.example:80' }, 421],
    ['a page of another origin', { origin: 'https://evil.example' }, 403],
    ['a page without an origin', { origin: 'null' }, 403],
    ['a page that is allowed', { origin: 'https://app.example' }, 200],
    ['a page of this machine', { origin: 'http://localhost:3000' }, 200],
    ['no page', {}, 200],
  ])('%s gets its status', async (_what, headers, status) => {
    const told = await ask(server.url, { headers: { ...old, ...headers }, body: call('find', { limit: 1 }) });
    expect(told.status).toBe(status);
    if (status !== 200)
      expect(JSON.parse(told.body)).toMatchObject({
        jsonrpc: '2.0',
        error: { message: expect.stringContaining('MCP_ALLOWED') },
      });
  });

  test('a body that is too large is refused, announced or not', async () => {
    const body = call('find', { status: 'x'.repeat(3000) });
    const announced: Record<string, string>[] = [
      { 'content-length': String(body.length) },
      { 'transfer-encoding': 'chunked' },
    ];
    for (const headers of announced) {
      const told = await ask(server.url, { headers: { ...old, ...headers }, body });
      expect(told.status).toBe(413);
      expect(told.body).toContain('2000 bytes');
    }
  });

  test.each([
    ['not JSON', '{', {}, 400],
    ['not UTF-8', Buffer.from([0x22, 0xff, 0x22]), {}, 400],
    ['nothing', 'null', {}, 400],
    ['no message', '7', {}, 400],
    ['a list of nothing', '[null]', {}, 400],
    ['of another type', call('find'), { 'content-type': 'text/plain' }, 415],
  ])('a body that is %s is refused', async (_what, body, headers, status) => {
    expect((await ask(server.url, { headers: { ...old, ...headers }, body })).status).toBe(status);
  });

  test('other methods and paths are told what is here', async () => {
    expect(await ask(server.url, { method: 'GET' })).toMatchObject({ status: 405, headers: { allow: 'POST' } });
    expect((await ask(server.url, { method: 'DELETE' })).status).toBe(405);
    expect(await ask(`${base}/other`, { method: 'GET' })).toMatchObject({
      status: 404,
      body: expect.stringContaining('/mcp'),
    });
    expect((await ask(`${base}/.well-known/oauth-protected-resource/mcp`, { method: 'GET' })).status).toBe(404);
  });

  test('health: alive always, ready when its parts are', async () => {
    expect(await ask(`${base}/health/live`, { method: 'GET' })).toMatchObject({
      status: 200,
      body: '{"status":"live"}',
    });
    const ready = await ask(`${base}/health/ready`, { method: 'GET' });
    expect(ready).toMatchObject({ status: 200, body: '{"status":"ready","parts":{"agents":{"ok":true}}}' });
  });
});

test('a part that is not well makes it not ready', async () => {
  agentsState.ready = false;
  const server = await started(agentsServer);
  const { status, body } = await ask(`${new URL(server.url).origin}/health/ready`, { method: 'GET' });
  agentsState.ready = true;
  expect({ status, body: JSON.parse(body) }).toEqual({
    status: 503,
    body: { status: 'not ready', parts: { agents: { ok: false } } },
  });
});

test('more than the rate gets 429 and the time to wait', async () => {
  const server = await started(agentsServer, { MCP_RATE_LIMIT_PER_SECOND: '1' });
  const told = await Promise.all(
    [1, 2, 3].map(() => ask(server.url, { headers: old, body: call('find', { limit: 1 }) })),
  );
  const late = told.find(({ status }) => status === 429);
  expect(late).toMatchObject({
    headers: { 'retry-after': '1' },
    body: expect.stringContaining('MCP_RATE_LIMIT_PER_SECOND'),
  });
  expect(JSON.parse(late?.body ?? '')).toMatchObject({ id: 7 });
});

test('more calls at once than allowed get 429', async () => {
  const server = await started(agentsServer, { MCP_CONCURRENCY: '1', MCP_RATE_LIMIT_PER_SECOND: '1000' });
  const begun = Promise.withResolvers<void>();
  const waiting = server.client.callTool(
    { name: 'wait', arguments: { milliseconds: 60_000 } },
    { onprogress: () => begun.resolve() },
  );
  waiting.catch(() => {});
  await begun.promise;
  const told = await ask(server.url, { headers: old, body: call('find') });
  expect(told).toMatchObject({ status: 429, body: expect.stringContaining('MCP_CONCURRENCY') });
  await server.client.close();
});

describe('with tokens', () => {
  let issuer: Issuer;
  beforeAll(async () => {
    issuer = await startIssuer();
  });
  afterAll(() => issuer.stop());
  const environment = () => ({
    MCP_AUTHENTICATION: 'oauth',
    MCP_ISSUER: issuer.url,
    MCP_RESOURCE_URL: 'https://agents.example/mcp',
    MCP_SCOPES: 'mcp',
    MCP_TENANT_CLAIM: 'org',
    MCP_CURSOR_KEY: 'k'.repeat(32),
    MCP_RATE_LIMIT_PER_SECOND: '1000',
  });
  const claims = { org: 'bakery', scope: 'mcp agents:read' };
  const metadataUrl = 'https://agents.example/.well-known/oauth-protected-resource/mcp';

  test('who has none is told where to get one, by a document that anyone may read', async () => {
    const server = await started(agentsServer, environment(), await issuer.sign(claims));
    const told = await ask(server.url, { headers: old, body: call('find') });
    expect(told.status).toBe(401);
    expect(told.headers['www-authenticate']).toBe(
      `Bearer realm="mcp", scope="mcp", resource_metadata="${metadataUrl}"`,
    );
    const document = await ask(server.url.replace('/mcp', '/.well-known/oauth-protected-resource/mcp'), {
      method: 'GET',
    });
    expect(JSON.parse(document.body)).toEqual({
      resource: 'https://agents.example/mcp',
      authorization_servers: [issuer.url],
      scopes_supported: ['agents:read', 'agents:write', 'mcp'],
      bearer_methods_supported: ['header'],
      resource_name: 'Agents',
    });
  });

  test('a caller sees what its scopes allow, and nobody keeps that for another', async () => {
    const server = await started(agentsServer, environment(), await issuer.sign(claims));
    const listed = await server.client.listTools();
    expect(listed.tools.map(({ name }) => name)).toEqual(['find', 'wait', 'pick']);
    expect(listed).toMatchObject({ cacheScope: 'private' });
    const all = await started(
      agentsServer,
      environment(),
      await issuer.sign({ ...claims, scope: 'mcp agents:read agents:write' }),
    );
    expect((await all.client.listTools()).tools).toHaveLength(4);
  });

  test('a call that needs another scope gets 403 and the name of it, also within a batch', async () => {
    const token = await issuer.sign(claims);
    const server = await started(agentsServer, environment(), token);
    const headers = { ...old, authorization: `Bearer ${token}` };
    for (const body of [call('rename'), `[${call('find')},${call('rename')}]`]) {
      const told = await ask(server.url, { headers, body });
      expect(told.status).toBe(403);
      expect(told.headers['www-authenticate']).toBe(
        `Bearer realm="mcp", error="insufficient_scope", scope="agents:read agents:write mcp", resource_metadata="${metadataUrl}"`,
      );
    }
  });

  test('a token never reaches what lies behind the endpoint, nor the log', async () => {
    const token = await issuer.sign(claims);
    const server = await started(agentsServer, { ...environment(), MCP_LOG_LEVEL: 'debug' }, token);
    await server.call('find', { limit: 1 });
    await ask(server.url, { headers: { ...old, authorization: `Bearer ${token}x` }, body: call('find') });
    expect(server.logged.join('\n')).not.toContain(token);
    expect(server.logged.join('\n')).not.toContain(token.split('.')[2]);
  });
});
