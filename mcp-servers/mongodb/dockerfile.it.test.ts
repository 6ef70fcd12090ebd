import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, expect, test, vi } from 'vitest';
import { freePort } from '../../testbed/process/port.ts';
import { assembleImage } from '../../testing/image.ts';

const image = assembleImage('mcp-servers/mongodb/Dockerfile');
afterAll(() => image.remove());

test('the files that the image has are enough: it starts as nobody, lists its tools without a database, and drains', async () => {
  expect(image.packages).toContain('mongodb');
  expect(image.packages).not.toContain('vitest');
  const files = readdirSync(join(image.volume, '../app/mcp-servers'), { recursive: true, encoding: 'utf8' });
  expect(files.filter((file) => /\.(test|fixture)\.ts$|src\/testing\/.+/.test(file))).toEqual([]);
  const port = await freePort();
  const child = image.start({
    MCP_TRANSPORT: 'http',
    MCP_HTTP_PORT: String(port),
    MONGODB_HOSTS: '127.0.0.1:1',
    MONGODB_DATABASE: 'orchestra',
  });
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const exited = once(child, 'exit');
  await Promise.race([
    vi.waitFor(() => expect(errors).toContain(`MongoDB listens on http://127.0.0.1:${port}/mcp`), {
      timeout: 60_000,
      interval: 50,
    }),
    exited.then(([code]) => Promise.reject(new Error(`it ended with ${code}: ${errors}`))),
  ]);
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
  await client.connect(new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${port}/mcp`)));
  expect((await client.listTools()).tools).toHaveLength(10);
  const answer = await client.callTool({ name: 'list_collections', arguments: {} });
  expect([answer.isError, JSON.stringify(answer.content)]).toEqual([
    true,
    expect.stringContaining('The database does not answer'),
  ]);
  await client.close();
  const live = await fetch(`http://127.0.0.1:${port}/health/live`);
  const ready = await fetch(`http://127.0.0.1:${port}/health/ready`);
  expect([live.status, ready.status]).toEqual([200, 503]);
  child.kill('SIGTERM');
  expect((await exited)[0]).toBe(0);
});
