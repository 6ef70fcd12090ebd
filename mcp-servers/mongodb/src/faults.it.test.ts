/** The database slow, killed, hung and back again, more calls at once than connections, and an end in the middle of calls. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import {
  freePort,
  type ServerProcess,
  type ServerUnderTest,
  startForTest,
  startProcess,
} from '@ai-orchestra/mcp-kit/testing';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { skipped } from '../../../testbed/skip.ts';
import { CONNECTIONS } from './run/client.ts';
import { mongodbServer } from './server.ts';
import { type Bed, startBed } from './testing/bed.fixture.ts';

/** Passes bytes on to the database, counts connections, and sees queries go by. */
class Passage {
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  readonly #waiting = new Set<() => void>();
  most = 0;

  constructor(port: number) {
    this.#server = createServer((from) => {
      const to = connect(port, '127.0.0.1');
      this.#open.add(from);
      this.most = Math.max(this.most, this.#open.size);
      from.on('data', (bytes) => {
        if (!bytes.includes('agents')) return;
        for (const resolve of this.#waiting) resolve();
        this.#waiting.clear();
      });
      from.pipe(to).pipe(from);
      const end = () => {
        this.#open.delete(from);
        from.destroy();
        to.destroy();
      };
      for (const socket of [from, to]) socket.on('error', end).on('close', end);
    });
  }

  /** Resolves when the next query of the collection is on its way to the database. */
  asked(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.add(resolve);
    return promise;
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

/** Longer than any of this takes on a machine that does much else. */
const PATIENCE = 120_000;

const agents = Array.from({ length: 50 }, (_, index) => ({
  _id: `a${index}`,
  name: `Agent ${index}`,
  status: index % 2 ? 'active' : 'paused',
}));
const find = { name: 'find', arguments: { collection: 'agents', filter: { status: 'active' }, limit: 100 } };

/** How many rows a call gave, or the code of its refusal. */
async function outcomeOf(call: ReturnType<ServerUnderTest['call']>) {
  const { isError, _meta, structuredContent } = await call;
  const refusal = (_meta as Readonly<Record<string, { readonly code: string }>>)['ai-orchestra/refusal'];
  const rows = (structuredContent as { readonly rows?: { readonly rows: readonly unknown[] } } | undefined)?.rows?.rows;
  return isError ? refusal?.code : rows?.length;
}

describe.skipIf(skipped('mongo-java-server'))('with a database that fails', () => {
  let bed: Bed;
  let passage: Passage;
  let server: ServerUnderTest;
  /** Its time is nobody's concern here. */
  let environment: Readonly<Record<string, string>>;
  beforeAll(async () => {
    bed = await startBed({ agents });
    passage = new Passage(Number(new URL(bed.mongodb.url).port));
    environment = {
      ...bed.environment,
      MONGODB_HOSTS: await passage.listen(),
      MCP_QUERY_TIME_MS: String(PATIENCE),
      MCP_TIMEOUT_MS: String(PATIENCE),
      MCP_DRAIN_SECONDS: '120',
    };
    server = await startForTest(mongodbServer, environment);
  });
  afterAll(async () => {
    bed?.mongodb.resume();
    await server?.stop();
    await passage?.close();
    await bed?.stop();
  });

  const found = (client: Client, signal?: AbortSignal) =>
    outcomeOf(client.callTool(find, { timeout: PATIENCE, ...(signal && { signal }) }));
  /** The database is well, and so is the server again. */
  const isWell = () => expect.poll(() => found(server.client), { timeout: PATIENCE }).toBe(25);

  describe('a server of its own', () => {
    let own: ServerProcess;
    let client: Client;
    let metrics: string;
    beforeAll(async () => {
      const port = await freePort();
      metrics = `http://127.0.0.1:${port}/metrics`;
      own = await startProcess(join(import.meta.dirname, 'main.ts'), {
        ...environment,
        MCP_METRICS_PORT: String(port),
      });
      client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
      await client.connect(new StreamableHTTPClientTransport(new URL(own.url)));
    });
    afterAll(async () => {
      await client?.close();
      own?.child.kill('SIGKILL');
    });

    test('answers 1000 calls at once, over no more connections than the pool has', async () => {
      // The driver gives up on a first connection after some seconds, whatever the machine does besides.
      await expect.poll(() => found(client), { timeout: PATIENCE }).toBe(25);
      const calls = Array.from({ length: 1000 }, () => found(client));
      expect(new Set(await Promise.all(calls))).toEqual(new Set([25]));
      // The server of the other tests has not connected yet. One or two connections of the driver watch the database.
      expect(passage.most).toBeGreaterThan(1);
      expect(passage.most).toBeLessThanOrEqual(CONNECTIONS + 2);
    });

    test('loses no answer when it is told to end, and leaves when the last is given', async () => {
      await bed.mongodb.pause();
      const calls = Array.from({ length: 40 }, () => found(client));
      const running = async () => /^mcp_tool_calls_running (\d+)/m.exec(await (await fetch(metrics)).text())?.[1];
      await expect.poll(running, { timeout: PATIENCE }).toBe('40');
      own.child.kill('SIGTERM');
      await own.says('calls under way are finished');
      bed.mongodb.resume();
      expect(new Set(await Promise.all(calls))).toEqual(new Set([25]));
      expect(await own.exit).toBe(0);
    });
  });

  test('a call that a slow database answers late is answered', async () => {
    expect(await found(server.client)).toBe(25);
    await bed.mongodb.pause();
    const asked = passage.asked();
    const call = found(server.client);
    await asked;
    bed.mongodb.resume();
    expect(await call).toBe(25);
  });

  test('a call that a hung database does not answer ends with its time, and the next is answered when it is back', async () => {
    const hasty = await startForTest(mongodbServer, { ...bed.environment, MCP_QUERY_TIME_MS: '2000' });
    await expect.poll(() => found(hasty.client), { timeout: PATIENCE }).toBe(25);
    await bed.mongodb.pause();
    expect(['timeout', 'unavailable']).toContain(await found(hasty.client));
    const ready = await fetch(new URL('/health/ready', hasty.url));
    expect(ready.status).toBe(503);
    bed.mongodb.resume();
    await expect.poll(() => found(hasty.client), { timeout: PATIENCE }).toBe(25);
    await hasty.stop();
  });

  test('a client that goes away ends its call, while the database still hangs', async () => {
    await isWell();
    await bed.mongodb.pause();
    const leaving = new AbortController();
    const asked = passage.asked();
    const before = server.logged.length;
    const call = found(server.client, leaving.signal);
    await asked;
    leaving.abort();
    await expect(call).rejects.toThrow();
    const ended = () => server.logged.slice(before).join('\n');
    await expect.poll(ended, { timeout: PATIENCE }).toContain('"outcome":"cancelled"');
    bed.mongodb.resume();
    await isWell();
  });

  test('a call under way when the database is killed is told so, without its address, and all is well after the restart', async () => {
    await isWell();
    await bed.mongodb.pause();
    const asked = passage.asked();
    const underWay = server.client.callTool(find, { timeout: PATIENCE });
    await asked;
    await bed.mongodb.kill();
    const { isError, content, _meta } = await underWay;
    expect(isError).toBe(true);
    expect(JSON.stringify(_meta)).toContain('"unavailable"');
    expect(JSON.stringify([content, _meta])).not.toMatch(/127\.0\.0\.1|mongodb:|\.ts:/);
    const early = await startForTest(mongodbServer, environment);
    // It was started without its database, and says so.
    expect(await found(early.client)).toBe('unavailable');
    await bed.mongodb.restart();
    await isWell();
    await expect.poll(() => found(early.client), { timeout: PATIENCE }).toBe(25);
    await early.stop();
  });
});
