/** The database killed, hung and back again, and more calls at once than connections. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { type ServerUnderTest, startForTest, startProcess } from '@ai-orchestra/mcp-kit/testing';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { skipped } from '../../../testbed/skip.ts';
import { CONNECTIONS } from './run/client.ts';
import { mongodbServer } from './server.ts';
import { type Bed, startBed } from './testing/bed.fixture.ts';

/** Passes bytes on to the database, and counts connections. */
class CountingProxy {
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  most = 0;

  constructor(port: number) {
    this.#server = createServer((from) => {
      const to = connect(port, '127.0.0.1');
      this.#open.add(from);
      this.most = Math.max(this.most, this.#open.size);
      from.pipe(to).pipe(from);
      const end = () => {
        this.#open.delete(from);
        from.destroy();
        to.destroy();
      };
      for (const socket of [from, to]) socket.on('error', end).on('close', end);
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    return `127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

const agents = Array.from({ length: 50 }, (_, index) => ({
  _id: `a${index}`,
  name: `Agent ${index}`,
  status: index % 2 ? 'active' : 'paused',
}));

describe.skipIf(skipped('mongo-java-server'))('with a database that fails', () => {
  let bed: Bed;
  let proxy: CountingProxy;
  let server: ServerUnderTest;
  let environment: Readonly<Record<string, string>>;
  beforeAll(async () => {
    bed = await startBed({ agents });
    proxy = new CountingProxy(Number(new URL(bed.mongodb.url).port));
    environment = { ...bed.environment, MONGODB_HOSTS: await proxy.listen(), MCP_QUERY_TIME_MS: '20000' };
    server = await startForTest(mongodbServer, environment);
  });
  afterAll(async () => {
    bed?.mongodb.resume();
    await server?.stop();
    await proxy?.close();
    await bed?.stop();
  });

  const args = { collection: 'agents', filter: { status: 'active' }, limit: 100 };
  const codeOf = async (call: ReturnType<ServerUnderTest['call']>) => {
    const { isError, _meta, structuredContent } = await call;
    const refusal = (_meta as Readonly<Record<string, { readonly code: string }>>)['ai-orchestra/refusal'];
    const rows = (structuredContent as { readonly rows?: { readonly rows: readonly unknown[] } } | undefined)?.rows
      ?.rows.length;
    return isError ? refusal?.code : rows;
  };

  test('1000 calls at once are all answered, over no more connections than the pool has', async () => {
    const other = await startProcess(join(import.meta.dirname, 'main.ts'), environment);
    const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
    await client.connect(new StreamableHTTPClientTransport(new URL(other.url)));
    const calls = Array.from({ length: 1000 }, () => codeOf(client.callTool({ name: 'find', arguments: args })));
    expect(new Set(await Promise.all(calls))).toEqual(new Set([25]));
    await client.close();
    other.child.kill();
    expect(await other.exit).toBe(0);
    // One or two connections of the driver watch the server.
    expect(proxy.most).toBeGreaterThan(1);
    expect(proxy.most).toBeLessThanOrEqual(CONNECTIONS + 2);
  }, 120_000);

  test('a call that the database does not answer ends with its time, and the next is answered when it is back', async () => {
    const slow = await startForTest(mongodbServer, { ...bed.environment, MCP_QUERY_TIME_MS: '700' });
    expect(await codeOf(slow.call('find', args))).toBe(25);
    await bed.mongodb.pause();
    expect(['timeout', 'unavailable']).toContain(await codeOf(slow.call('find', args)));
    const ready = await fetch(new URL('/health/ready', slow.url));
    expect(ready.status).toBe(503);
    bed.mongodb.resume();
    await expect.poll(() => codeOf(slow.call('find', args)), { timeout: 30_000 }).toBe(25);
    await slow.stop();
  }, 120_000);

  test('a call under way when the database is killed is told so, without its address, and all is well after the restart', async () => {
    await bed.mongodb.pause();
    const underWay = server.call('find', args);
    await bed.mongodb.kill();
    const { isError, content, _meta } = await underWay;
    expect(isError).toBe(true);
    expect(JSON.stringify(_meta)).toContain('"unavailable"');
    expect(JSON.stringify([content, _meta])).not.toMatch(/127\.0\.0\.1|mongodb:|\.ts:/);
    await bed.mongodb.restart();
    await expect.poll(() => codeOf(server.call('find', args)), { timeout: 60_000 }).toBe(25);
  }, 180_000);

  test('a server that was started without its database answers when it is there', async () => {
    await bed.mongodb.kill();
    const early = await startForTest(mongodbServer, environment);
    expect(await codeOf(early.call('find', args))).toBe('unavailable');
    await bed.mongodb.restart();
    await expect.poll(() => codeOf(early.call('find', args)), { timeout: 60_000 }).toBe(25);
    await early.stop();
  }, 180_000);

  test('a client that goes away ends the query', async () => {
    await bed.mongodb.pause();
    const leaving = new AbortController();
    const call = server.client.callTool({ name: 'find', arguments: args }, { signal: leaving.signal });
    leaving.abort();
    await expect(call).rejects.toThrow();
    bed.mongodb.resume();
    await expect.poll(() => codeOf(server.call('find', args)), { timeout: 30_000 }).toBe(25);
  }, 120_000);
});
