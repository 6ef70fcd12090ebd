import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json, text } from 'node:stream/consumers';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { expect, test } from 'vitest';
import { freePort, startProcess } from './testing/process.ts';

const main = join(import.meta.dirname, 'testing/agents.main.ts');

async function connect(url: string): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  return client;
}

const envelope = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** A call without a client: one POST of the new era. */
const post = (url: string, name: string, args: object, more: { meta?: object; signal?: AbortSignal } = {}) =>
  fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': name,
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name, arguments: args, _meta: { ...envelope, ...more.meta } },
    }),
    ...(more.signal !== undefined && { signal: more.signal }),
  });

test('SIGTERM over HTTP: calls under way are answered, then it ends with 0', async () => {
  const server = await startProcess(main, { MCP_CONCURRENCY: '100', MCP_RATE_LIMIT_PER_SECOND: '1000' });
  const client = await connect(server.url);
  const begun = Array.from({ length: 40 }, () => Promise.withResolvers<void>());
  const calls = begun.map(({ resolve }) =>
    client.callTool({ name: 'wait', arguments: { milliseconds: 1500 } }, { onprogress: () => resolve() }),
  );
  await Promise.all(begun.map(({ promise }) => promise));
  server.child.kill('SIGTERM');
  const answers = await Promise.all(calls);
  expect(
    answers.filter(({ structuredContent }) => (structuredContent as { waited: number }).waited === 1500),
  ).toHaveLength(40);
  expect(await server.exit).toBe(0);
  expect(server.told()).toContain('"clean":true');
  await client.close();
});

test('SIGTERM with a call that takes longer than MCP_DRAIN_SECONDS: it is cut off, and the exit code says so', async () => {
  const server = await startProcess(main, { MCP_DRAIN_SECONDS: '1' });
  const client = await connect(server.url);
  const begun = Promise.withResolvers<void>();
  const call = client.callTool(
    { name: 'wait', arguments: { milliseconds: 20_000 } },
    { onprogress: () => begun.resolve() },
  );
  call.catch(() => {});
  await begun.promise;
  server.child.kill('SIGTERM');
  expect(await server.exit).toBe(1);
  expect(server.told()).toContain('MCP_DRAIN_SECONDS (1)');
  await client.close().catch(() => {});
});

const initialize = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
};
const waitCall = {
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name: 'wait', arguments: { milliseconds: 1000 }, _meta: { progressToken: 1 } },
};

async function overStdio(end: (child: ReturnType<typeof spawn>) => void) {
  const child = spawn(process.execPath, [main], {
    env: { ...process.env, MCP_AUDIT_LOG: 'off' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const out = child.stdout as NodeJS.ReadableStream;
  let told = '';
  const begun = Promise.withResolvers<void>();
  out.on('data', (chunk: Buffer) => {
    told += chunk;
    if (told.includes('notifications/progress')) begun.resolve();
  });
  const [exit, errors] = [once(child, 'exit'), text(child.stderr as NodeJS.ReadableStream)];
  const initialized = { jsonrpc: '2.0', method: 'notifications/initialized' };
  for (const message of [initialize, initialized, waitCall]) child.stdin?.write(`${JSON.stringify(message)}\n`);
  await begun.promise;
  end(child);
  const [code] = await exit;
  return {
    code,
    messages: told
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id?: number; result?: object }),
    errors: await errors,
  };
}

test('SIGTERM over stdio: the call under way is answered, then it ends with 0', async () => {
  const { code, messages } = await overStdio((child) => child.kill('SIGTERM'));
  expect(messages.find(({ id }) => id === 1)?.result).toMatchObject({ structuredContent: { waited: 1000 } });
  expect(code).toBe(0);
});

test('a client over stdio that closes its end ends the server', async () => {
  const { code, errors } = await overStdio((child) => child.stdin?.end());
  expect(code).toBe(0);
  expect(errors).toContain('The client closed its end');
});

test('mistakes in settings are told together, and nothing starts', async () => {
  const env = { ...process.env, MCP_TRANSPORT: 'carrier pigeon', MCP_HTTP_PORT: '0', MCP_TIMEOUT: '3' };
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [[code], errors] = await Promise.all([once(child, 'exit'), text(child.stderr)]);
  expect(code).toBe(2);
  for (const name of ['MCP_TRANSPORT', 'MCP_HTTP_PORT', 'MCP_TIMEOUT: ']) expect(errors).toContain(name);
});

test('--help says what there is to set', async () => {
  const child = spawn(process.execPath, [main, '--help'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [[code], out] = await Promise.all([once(child, 'exit'), text(child.stdout)]);
  expect(code).toBe(0);
  expect(out).toMatch(
    /MCP_TIMEOUT_MS\n\s+Longest time that one tool call may take\.\n\s+integer, 100 to 600000.*default: 30000/,
  );
});

test('a client that goes away ends its call, and its place is free again', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'audit-')), 'audit.jsonl');
  const server = await startProcess(main, {
    MCP_CONCURRENCY: '1',
    MCP_RATE_LIMIT_PER_SECOND: '1000',
    MCP_AUDIT_LOG: file,
  });
  const abort = new AbortController();
  const response = await post(
    server.url,
    'wait',
    { milliseconds: 600_000 },
    { meta: { progressToken: 1 }, signal: abort.signal },
  );
  await response.body?.getReader().read();
  expect((await post(server.url, 'find', {})).status).toBe(429);
  abort.abort();
  await expect.poll(async () => (await post(server.url, 'find', {})).status, { timeout: 30_000 }).toBe(200);
  expect(readFileSync(file, 'utf8')).toMatch(/"tool":"wait".*"outcome":"cancelled"/);
  server.child.kill();
  await server.exit;
});

test('a thousand calls at once are all answered', async () => {
  const server = await startProcess(main, { MCP_CONCURRENCY: '1000', MCP_RATE_LIMIT_PER_SECOND: '10000' });
  const answers = await Promise.all(
    Array.from({ length: 1000 }, async (_, index) => {
      const response = await post(server.url, 'find', { limit: 1 + (index % 50) });
      const { result } = (await response.json()) as { result: { structuredContent: { agents: { rows: unknown[] } } } };
      return result.structuredContent.agents.rows.length === 1 + (index % 50);
    }),
  );
  expect(answers.filter((right) => right)).toHaveLength(1000);
  server.child.kill();
  expect(await server.exit).toBe(0);
});

test('requests of both eras leave no memory behind', async () => {
  const server = await startProcess(join(import.meta.dirname, 'testing/heap.main.ts'), {
    MCP_CONCURRENCY: '100',
    MCP_RATE_LIMIT_PER_SECOND: '10000',
  });
  const old = (body: object) =>
    fetch(server.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2025-11-25',
      },
      body: JSON.stringify(body),
    }).then((response) => response.text());
  const round = async () => {
    for (let batch = 0; batch < 30; batch += 1) {
      await Promise.all([
        ...Array.from({ length: 10 }, async () => (await post(server.url, 'find', {})).text()),
        ...Array.from({ length: 10 }, () =>
          old({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'find', arguments: {} } }),
        ),
        old(initialize),
      ]);
    }
  };
  const heap = async () => {
    const before = server.told().length;
    server.child.kill('SIGUSR2');
    await expect.poll(() => /heap (\d+) MB\n/.test(server.told().slice(before)), { timeout: 30_000 }).toBe(true);
    return Number(/heap (\d+) MB\n/.exec(server.told().slice(before))?.[1]);
  };
  await round();
  const warm = await heap();
  for (let times = 0; times < 4; times += 1) await round();
  const grown = (await heap()) - warm;
  console.log(`heap after 630 requests ${warm} MB, after 2,520 more ${warm + grown} MB`);
  expect(grown).toBeLessThanOrEqual(4);
  server.child.kill();
  await server.exit;
});

test('a span has the caller as its parent, and goes on to the tool; metrics count it', async () => {
  const spans: { traceId: string; parentSpanId: string; name: string; status?: { code?: number } }[] = [];
  const sent = Promise.withResolvers<void>();
  const collector = createServer(async (request, response) => {
    const body = (await json(request)) as { resourceSpans: { scopeSpans: { spans: typeof spans }[] }[] };
    spans.push(...body.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((one) => one.spans)));
    response.end('{}');
    sent.resolve();
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const metricsPort = await freePort();
  const server = await startProcess(main, {
    MCP_METRICS_PORT: String(metricsPort),
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
    MCP_AUDIT_LOG: 'stderr',
  });
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const meta = { traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
  await (await post(server.url, 'find', {}, { meta })).text();
  await (await post(server.url, 'rename', { name: 'nobody', to: 'x' }, { meta })).text();
  const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  expect(metrics).toContain('mcp_tool_call_duration_seconds_count{tool="find",outcome="ok"} 1');
  expect(metrics).toContain('mcp_tool_call_duration_seconds_count{tool="rename",outcome="not_found"} 1');
  expect(metrics).toContain('mcp_tool_calls_running 0');
  server.child.kill();
  await server.exit;
  await sent.promise;
  expect(spans).toMatchObject([
    { traceId, parentSpanId: '00f067aa0ba902b7', name: 'tools/call find' },
    { traceId, name: 'tools/call rename', status: { code: 2 } },
  ]);
  expect(server.told()).toContain(`"trace":"${traceId}"`);
  collector.closeAllConnections();
  collector.close();
});
