import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMemoryClient, type MemoryClient, MemoryUnreachable } from './client.ts';

/** What the service answers, one a request, the last for ever; undefined: it cuts the connection. */
let answers: ({ status: number; body: unknown; headers?: Record<string, string> } | undefined)[];
let seen: { method: string | undefined; url: string | undefined; headers: IncomingHttpHeaders }[];
let server: Server;
let client: MemoryClient;

beforeEach(async () => {
  seen = [];
  server = createServer((request, response) => {
    const { method, url, headers } = request;
    seen.push({ method, url, headers });
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer === undefined) return request.socket.destroy();
    return response.writeHead(answer.status, answer.headers).end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  client = createMemoryClient({ baseUrl, token: async () => `token-${seen.length}` });
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const busy = { status: 503, body: { code: 'overloaded', detail: 'busy' }, headers: { 'retry-after': '0' } };
const well = { status: 200, body: {} };
const body = { memories: [{ text: 'x' }] };

test('what may be repeated is, under the same Idempotency-Key and with a token that is fresh', async () => {
  answers = [busy, undefined, { status: 201, body: { memories: [] } }];
  expect((await client.createMemories({ body })).body).toEqual({ memories: [] });
  expect(new Set(seen.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  expect(seen.map(({ headers }) => headers.authorization)).toEqual([
    'Bearer token-0',
    'Bearer token-1',
    'Bearer token-2',
  ]);
});

test('what may not be repeated is sent once', async () => {
  answers = [busy, well];
  await expect(client.pinMemory({ params: { memoryId: 'm' } })).rejects.toMatchObject({ status: 503 });
  expect(seen).toHaveLength(1);
});

test('a refusal is not repeated, nor a full quota, nor one whose time to wait is long', async () => {
  const refusals = [
    { status: 400, body: { code: 'invalid-request', detail: 'no' } },
    { status: 429, body: { code: 'quota-exceeded', detail: 'full' } },
    { status: 503, body: { code: 'overloaded', detail: 'busy' }, headers: { 'retry-after': '60' } },
  ];
  for (const refusal of refusals) {
    answers = [refusal, well];
    await expect(client.getStats()).rejects.toMatchObject({ status: refusal.status, code: refusal.body.code });
  }
  expect(seen).toHaveLength(3);
});

test('after the last attempt the caller is told', async () => {
  answers = [undefined];
  await expect(client.getStats()).rejects.toBeInstanceOf(MemoryUnreachable);
  expect(seen).toHaveLength(3);
});

test('names are encoded, and options become headers', async () => {
  answers = [{ ...well, headers: { etag: '"3"', 'consistency-token': 'seen' } }];
  const answered = await client.listMessages({
    params: { sessionId: 'a/b ü' },
    query: { after: 2 },
    consistencyToken: 't',
    tenant: 'mill',
  });
  expect(answered).toMatchObject({ version: 3, consistencyToken: 'seen' });
  expect(seen[0]).toMatchObject({
    url: '/v1/sessions/a%2Fb%20%C3%BC/messages?after=2',
    headers: { 'consistency-token': 't', 'memory-tenant': 'mill' },
  });
});

test('a page of something else is no answer of the service', async () => {
  answers = [{ status: 404, body: '<html>' }];
  await expect(client.getStats()).rejects.toMatchObject({ status: 404, code: 'unknown' });
});
