import { type ServerUnderTest, startForTest } from '@ai-orchestra/mcp-kit/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { skipped } from '../../../testbed/skip.ts';
import { weaviateServer } from './server.ts';
import { API_KEY, type Bed, createCollections, startBed } from './testing/collections.fixture.ts';

describe.skipIf(skipped('weaviate', 'embeddings'))('the Weaviate server while', () => {
  let bed: Bed;
  let server: ServerUnderTest;
  const text = (result: { readonly content: unknown }) =>
    (result.content as { readonly text?: string }[]).map(({ text: one = '' }) => one).join('\n');
  const tea = { collection: 'Articles', query: 'tea', limit: 3 };
  const searches = async () => {
    const result = await server.call('search', tea);
    return result.isError !== true;
  };
  const isReady = async () => (await fetch(server.url.replace(/\/mcp$/, '/health/ready'))).status === 200;

  beforeAll(async () => {
    bed = await startBed();
    await createCollections(bed.client);
    server = await startForTest(weaviateServer, {
      ...bed.environment,
      WEAVIATE_TIMEOUT_MS: '1500',
      MCP_CATALOGUE_SECONDS: '5',
      MCP_RATE_LIMIT_PER_SECOND: '1000',
    });
  });
  beforeEach(async () => {
    await vi.waitFor(async () => expect(await searches()).toBe(true), { timeout: 30_000, interval: 200 });
  });
  afterAll(async () => {
    await server?.stop();
    await bed?.stop();
  });

  test('Weaviate is killed says so, tells it to the health check, and works again afterwards', async () => {
    await bed.server.kill();
    const result = await server.call('search', tea);
    expect([result.isError, text(result)]).toEqual([true, expect.stringContaining('Weaviate does not answer')]);
    expect(text(result)).not.toMatch(/127\.0\.0\.1|ECONN|gRPC/);
    await vi.waitFor(async () => expect(await isReady()).toBe(false), { timeout: 10_000, interval: 200 });
    await bed.server.restart();
    await vi.waitFor(async () => expect(await searches()).toBe(true), { timeout: 60_000, interval: 200 });
    await vi.waitFor(async () => expect(await isReady()).toBe(true), { timeout: 10_000, interval: 200 });
  });

  test('Weaviate hangs answers in time, for every tool', async () => {
    const { structuredContent } = await server.call('search', tea);
    const id = (structuredContent as { readonly rows: { readonly rows: { readonly _id: string }[] } }).rows.rows[0]
      ?._id;
    await bed.server.pause();
    try {
      const calls = await Promise.all([
        server.call('search', tea),
        server.call('find_similar', { collection: 'Articles', text: 'tea' }),
        server.call('get_context', { collection: 'Articles', query: 'tea' }),
        server.call('get_object', { collection: 'Articles', id }),
        server.call('aggregate', { collection: 'Articles' }),
        server.call('list_collections'),
      ]);
      for (const result of calls)
        expect([result.isError, text(result)]).toEqual([true, expect.stringContaining('Weaviate does not answer')]);
    } finally {
      bed.server.resume();
    }
  });

  test('the inference service is down still searches by words, and says what to do', async () => {
    await bed.embeddings.kill();
    try {
      const near = await server.call('search', { ...tea, query: 'a text never embedded before', mode: 'near_text' });
      expect([near.isError, text(near)]).toEqual([true, expect.stringContaining('keyword')]);
      const words = await server.call('search', { ...tea, mode: 'keyword' });
      expect(words.isError).not.toBe(true);
    } finally {
      await bed.embeddings.restart();
    }
  });

  test('a caller gives up ends the search at once, and others are served', async () => {
    await bed.server.pause();
    try {
      const controller = new AbortController();
      const call = server.client.callTool({ name: 'search', arguments: tea }, { signal: controller.signal });
      controller.abort();
      await expect(call).rejects.toThrow();
    } finally {
      bed.server.resume();
    }
    await vi.waitFor(async () => expect(await searches()).toBe(true), { timeout: 30_000, interval: 200 });
  });

  test('its API key is wrong tells the operator, and not the key', async () => {
    const locked = await startForTest(weaviateServer, { ...bed.environment, WEAVIATE_API_KEY: 'wrong-key' });
    const result = await locked.call('search', tea);
    await locked.stop();
    expect([result.isError, text(result)]).toEqual([true, expect.stringContaining('API key of this server')]);
    expect(text(result) + locked.logged.join()).not.toMatch(new RegExp(`wrong-key|${API_KEY}`));
  });

  test('Weaviate is not there at all starts, lists its tools, and says so', async () => {
    const alone = await startForTest(weaviateServer, {
      WEAVIATE_HTTP_HOST: '127.0.0.1',
      WEAVIATE_HTTP_PORT: '1',
      WEAVIATE_GRPC_PORT: '1',
    });
    const { tools } = await alone.client.listTools();
    const result = await alone.call('list_collections');
    await alone.stop();
    expect(tools.length).toBe(7);
    expect([result.isError, text(result)]).toEqual([true, expect.stringContaining('Weaviate does not answer')]);
  });
});
