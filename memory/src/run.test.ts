import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseEnvironment } from '@ai-orchestra/configuration';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMemoryClient, type MemoryClient, MemoryProblem, MemoryUnreachable } from './client/client.ts';
import { type MemoryConfig, memoryConfig } from './config.ts';
import { type RunningService, runService } from './run.ts';
import { createLog } from './telemetry/log.ts';

let running: RunningService;
let client: MemoryClient;
let token: string;
let lines: Record<string, unknown>[];
const closing: (() => void)[] = [];

function configOf(environment: Readonly<Record<string, string>>): MemoryConfig {
  const parsed = parseEnvironment(memoryConfig, environment);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  // Whichever port is free.
  return { ...parsed.value, MEMORY_HTTP_PORT: 0, MEMORY_METRICS_PORT: 0 };
}

async function start(environment: Readonly<Record<string, string>> = {}) {
  const path = join(mkdtempSync(join(tmpdir(), 'memory-')), 'memory.sqlite');
  const config = configOf({ MEMORY_SQLITE_PATH: path, ...environment });
  running = await runService(
    config,
    createLog('debug', (line) => lines.push(JSON.parse(line))),
  );
  token = readFileSync(`${path}.token`, 'utf8').trim();
  client = createMemoryClient({ baseUrl: running.url, token, attempts: 1 });
}

beforeEach(() => {
  lines = [];
});
afterEach(async () => {
  await running.end();
  for (const close of closing.splice(0)) close();
});

test('it is live, ready, and describes itself without a token', async () => {
  await start();
  const get = (path: string) => fetch(`${running.url}${path}`);
  expect((await get('/health/live')).status).toBe(200);
  const ready = await get('/health/ready');
  expect([ready.status, await ready.json()]).toMatchObject([200, { status: 'up' }]);
  expect(await (await get('/openapi.json')).json()).toMatchObject({ openapi: '3.1.0' });
  expect(await (await get('/docs/problems')).text()).toContain('id="tier-full"');
});

test('the client gives answers their types, and refusals their mistakes', async () => {
  await start();
  const made = await client.createMemories({ body: { memories: [{ text: 'Otto is a parrot' }] } });
  const memoryId = made.body.memories[0]?.id ?? '';
  const { body, version } = await client.getMemory({ params: { memoryId } });
  expect([body.text, version]).toEqual(['Otto is a parrot', 1]);
  const stale = client.updateMemory({ params: { memoryId }, body: { importance: 1 }, ifMatch: 7 });
  await expect(stale).rejects.toMatchObject({ status: 412, code: 'version-mismatch' });
  const wrong = client.listMemories({ query: { limit: 0 } });
  await expect(wrong).rejects.toThrow('query/limit: "0", not at least 1');
  await expect(wrong).rejects.toBeInstanceOf(MemoryProblem);
});

test('metrics have a port of their own, and count each operation', async () => {
  await start();
  await client.createMemories({ body: { memories: [{ text: 'counted' }] } });
  await client.getStats();
  expect((await fetch(`${running.url}/metrics`)).status).toBe(404);
  const scraped = await (await fetch(`http://127.0.0.1:${running.metricsPort}/metrics`)).text();
  expect(scraped).toContain('memory_request_duration_seconds_count{operation="createMemories",status="2xx"} 1');
  expect(scraped).toContain('memory_requests{state="waiting"} 0');
});

test('neither a text, a query nor the token is logged', async () => {
  await start();
  await client.createMemories({ body: { memories: [{ text: 'xylophone' }] } });
  await client.searchMemories({ body: { query: 'xylophone' } });
  const log = JSON.stringify(lines);
  expect(log).toContain('searchMemories');
  expect(log).not.toContain('xylophone');
  expect(log).not.toContain(token);
});

test('a request under way when it is told to end is answered, and nobody new is', async () => {
  await start();
  const body = JSON.stringify({ memories: [{ text: 'late' }] });
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'content-length': body.length,
    expect: '100-continue',
  };
  const late = request(`${running.url}/v1/memories`, { method: 'POST', headers });
  late.flushHeaders();
  // The service has begun with it.
  await once(late, 'continue');
  late.write(body.slice(0, 10));
  const ended = running.end();
  late.end(body.slice(10));
  const [answer] = await once(late, 'response');
  expect([answer.statusCode, JSON.parse(await text(answer))]).toMatchObject([
    201,
    { memories: [{ status: 'active' }] },
  ]);
  expect(await ended).toBe(true);
  await expect(client.getStats()).rejects.toBeInstanceOf(MemoryUnreachable);
});

test('a tenant that asks too often is told when to come back', async () => {
  await start({ MEMORY_RATE_LIMIT_PER_SECOND: '1' });
  const asked = await Promise.allSettled(Array.from({ length: 10 }, () => client.getStats()));
  const refused = asked.filter(({ status }) => status === 'rejected');
  expect(refused.length).toBeGreaterThanOrEqual(1);
  expect(refused[0]).toMatchObject({ reason: { status: 429, code: 'rate-limited', retryAfter: 1 } });
});

test("a request's span goes on with the caller's trace and holds no text", async () => {
  const received: string[] = [];
  const collector = createServer(async (got, response) => {
    received.push(await text(got));
    response.end('{}');
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  closing.push(() => collector.close());
  const { port } = collector.address() as AddressInfo;
  await start({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` });
  const traceId = 'a'.repeat(32);
  const traceparent = `00-${traceId}-${'b'.repeat(16)}-01`;
  await client.searchMemories({ body: { query: 'xylophone' }, traceparent });
  await running.end();
  const [sent = ''] = received;
  const { resourceSpans } = JSON.parse(sent);
  const [{ resource, scopeSpans }] = resourceSpans;
  expect(resource.attributes).toContainEqual({ key: 'service.name', value: { stringValue: 'memory' } });
  const [span] = scopeSpans[0].spans;
  expect(span).toMatchObject({ traceId, parentSpanId: 'b'.repeat(16), name: 'search_memory' });
  expect(span.attributes).toContainEqual({ key: 'gen_ai.operation.name', value: { stringValue: 'search_memory' } });
  expect(sent).not.toContain('xylophone');
});
