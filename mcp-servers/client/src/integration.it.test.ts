import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type ServerUnderTest, startForTest } from '@ai-orchestra/mcp-kit/testing';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { freePort } from '../../../testbed/process/port.ts';
import { type MongoDb, startMongoDb } from '../../../testbed/servers/mongodb/mongodb.ts';
import { skipped } from '../../../testbed/skip.ts';
import { weaviateServer } from '../../weaviate/src/server.ts';
import { articles, type Bed, createCollections, startBed } from '../../weaviate/src/testing/collections.fixture.ts';
import { IntegrationError, MCPIntegration } from './index.ts';

describe.skipIf(skipped('weaviate', 'embeddings'))('MCPIntegration', () => {
  let bed: Bed;
  let server: ServerUnderTest;
  let mcp: MCPIntegration;
  let folder: string;

  beforeAll(async () => {
    bed = await startBed();
    await createCollections(bed.client);
    server = await startForTest(weaviateServer, { ...bed.environment, MCP_RATE_LIMIT_PER_SECOND: '1000' });
    mcp = new MCPIntegration({ weaviateUrl: server.url, collection: 'Articles' });
    folder = mkdtempSync(join(tmpdir(), 'mcp-client-'));
  });
  afterAll(async () => {
    await mcp?.close();
    await server?.stop();
    await bed?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const refused = async (asked: Promise<unknown>) => {
    const error = await asked.then(
      () => undefined,
      (told: unknown) => told,
    );
    expect(error).toBeInstanceOf(IntegrationError);
    expect((error as IntegrationError).fix).not.toBe('');
    return error as IntegrationError;
  };

  test('finds documents, filtered, page by page', async () => {
    const { rows, structured, text: told } = await mcp.searchDocuments('espresso in Rome', { limit: 1 });
    expect(rows.map(({ title }) => title)).toEqual(['Coffee in Rome']);
    expect(structured).toMatchObject({ rows: { trust: 'untrusted' } });
    expect(told).toContain('Coffee in Rome');
    const travel = await mcp.searchDocuments('tea', {
      filter: { property: 'category', operator: 'equal', value: 'travel' },
      more: { mode: 'near_text' },
    });
    expect(travel.rows.map(({ category }) => category)).toEqual(['travel', 'travel']);
    const seen = new Set<unknown>();
    let cursor: string | undefined;
    do {
      const page = await mcp.searchDocuments('tea', {
        limit: 3,
        more: { mode: 'near_text', ...(cursor && { cursor }) },
      });
      for (const { _id } of page.rows) seen.add(_id);
      cursor = page.cursor;
    } while (cursor !== undefined);
    expect(seen.size).toBe(articles.length);
    expect((await mcp.call('weaviate', 'aggregate', { collection: 'Articles' })).rows).toEqual([
      { _count: articles.length },
    ]);
  });

  test('tells why it was refused, and what to do', async () => {
    const nowhere = await refused(mcp.searchDocuments('tea', { collection: 'Nowhere' }));
    expect([nowhere.code, nowhere.fix]).toEqual(['not_found', expect.stringContaining('Articles')]);
    expect(nowhere.message).not.toContain(nowhere.fix);
    expect((await refused(mcp.searchDocuments('tea', { collection: 'Tenants' }))).code).toBe('policy');
    expect((await refused(mcp.searchDocuments(''))).code).toBe('argument');
    const several = new MCPIntegration({ weaviateUrl: server.url });
    expect((await refused(several.searchDocuments('tea'))).message).toContain('several collections');
    await several.close();
  });

  test('needs to know where a server is', async () => {
    expect((await refused(mcp.queryMongodb('Show agents created this week'))).fix).toContain('MCP_MONGODB_URL');
    expect((await refused(new MCPIntegration({ memoryUrl: 'here' }).call('memory', 'recall'))).code).toBe('setting');
    const closed = new MCPIntegration({ weaviateUrl: 'http://127.0.0.1:1/mcp' });
    expect((await refused(closed.call('weaviate', 'search'))).code).toBe('unreachable');
  });

  test('does not wait for ever, or for what the caller gave up', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const weaviateUrl = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/mcp`;
    const patient = new MCPIntegration({ weaviateUrl, timeoutMilliseconds: 200 });
    expect((await refused(patient.call('weaviate', 'search'))).code).toBe('timeout');
    await expect(mcp.searchDocuments('tea', { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
      'enough',
    );
    silent.closeAllConnections();
    silent.close();
  });

  test('reads the token for each request, and says when it is not taken', async () => {
    const seen: (string | undefined)[] = [];
    const guard = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(401, { 'WWW-Authenticate': 'Bearer error="invalid_token"' }).end();
    }).listen(0, '127.0.0.1');
    await once(guard, 'listening');
    const tokenFile = join(folder, 'ts-token');
    const locked = new MCPIntegration({
      weaviateUrl: `http://127.0.0.1:${(guard.address() as AddressInfo).port}/mcp`,
      tokenFile,
    });
    expect((await refused(locked.call('weaviate', 'search'))).code).toBe('setting');
    for (const token of ['first', 'second\n']) {
      writeFileSync(tokenFile, token);
      expect((await refused(locked.call('weaviate', 'search'))).code).toBe('unauthorized');
    }
    expect(new Set(seen)).toEqual(new Set(['Bearer first', 'Bearer second']));
    guard.closeAllConnections();
    guard.close();
  });

  test('does the same in Python', async () => {
    const child = spawn('python3', ['-B', '-m', 'unittest', '-v', 'test_mcp_integration'], {
      cwd: join(import.meta.dirname, '../python'),
      env: { PATH: process.env.PATH, MCP_WEAVIATE_URL: server.url, TEST_FOLDER: folder },
    });
    let told = '';
    child.stdout.on('data', (chunk) => {
      told += chunk;
    });
    child.stderr.on('data', (chunk) => {
      told += chunk;
    });
    const [code] = await once(child, 'exit');
    expect(code, told).toBe(0);
    expect(told).toMatch(/Ran 1[0-9] tests/);
  });
});

const mongodbServer = join(import.meta.dirname, '../../mongodb/src/main.ts');

describe.skipIf(skipped('mongo-java-server'))('MCPIntegration with MongoDB', () => {
  let mongodb: MongoDb;
  let server: ChildProcess;
  let url: string;

  beforeAll(async () => {
    mongodb = await startMongoDb();
    const driver = await MongoClient.connect(mongodb.url);
    await driver
      .db('orchestra')
      .collection('agents')
      .insertMany([
        { name: 'scout', status: 'active', created_at: new Date() },
        { name: 'clerk', status: 'paused', created_at: new Date(Date.now() - 40 * 86_400_000) },
        { name: 'guard', status: 'active', created_at: new Date(Date.now() - 50 * 86_400_000) },
      ]);
    await driver.close();
    const port = await freePort();
    url = `http://127.0.0.1:${port}/mcp`;
    server = spawn(process.execPath, [mongodbServer], {
      env: {
        MCP_TRANSPORT: 'http',
        MCP_HTTP_PORT: String(port),
        MONGODB_HOSTS: new URL(mongodb.url).host,
        MONGODB_DATABASE: 'orchestra',
      },
      stdio: 'ignore',
    });
    await vi.waitFor(async () => expect((await fetch(url.replace(/mcp$/, 'health/live'))).status).toBe(200), {
      timeout: 60_000,
      interval: 100,
    });
  });
  afterAll(async () => {
    server?.kill('SIGTERM');
    await mongodb?.stop();
  });

  test('asks in plain English', async () => {
    const mcp = new MCPIntegration({ mongodbUrl: url });
    expect((await mcp.queryMongodb('Show agents created this week')).rows.map(({ name }) => name)).toEqual(['scout']);
    const active = await mcp.queryMongodb('Show all active agents');
    expect(active.rows.map(({ name }) => name).sort()).toEqual(['guard', 'scout']);
    await mcp.close();
  });

  test('asks in plain English from Python', async () => {
    const script =
      "from mcp_integration import MCPIntegration; print(*[row['name'] for row in MCPIntegration().query_mongodb('Show agents created this week').rows])";
    const child = spawn('python3', ['-B', '-c', script], {
      cwd: join(import.meta.dirname, '../python'),
      env: { PATH: process.env.PATH, MCP_MONGODB_URL: url },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const told = await text(child.stdout);
    expect(told.trim()).toBe('scout');
  });
});
