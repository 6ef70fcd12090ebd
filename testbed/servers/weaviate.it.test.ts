import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import weaviate, { type WeaviateClient } from 'weaviate-client';
import { skipped } from '../skip.ts';
import { type Embeddings, startEmbeddings } from './embeddings/embeddings.ts';
import { startWeaviate, type Weaviate } from './weaviate.ts';

describe.skipIf(skipped('weaviate', 'embeddings'))('weaviate', () => {
  const apiKey = 'the key';
  let embeddings: Embeddings;
  let server: Weaviate;
  const clients: WeaviateClient[] = [];

  async function client(key = apiKey): Promise<WeaviateClient> {
    const at = { httpHost: '127.0.0.1', httpPort: server.port, grpcHost: '127.0.0.1', grpcPort: server.grpcPort };
    const made = await weaviate.connectToCustom({ ...at, authCredentials: new weaviate.ApiKey(key) });
    clients.push(made);
    return made;
  }

  beforeAll(async () => {
    embeddings = await startEmbeddings();
    server = await startWeaviate({ apiKey, inferenceUrl: embeddings.url });
  });

  afterEach(async () => {
    for (const each of clients.splice(0)) await each.close();
  });

  afterAll(async () => {
    await server?.stop();
    await embeddings?.stop();
  });

  test('finds by meaning, with vectors from the inference service, also after it was shut down', async () => {
    const { collections } = await client();
    const notes = await collections.create({
      name: 'Note',
      properties: [{ name: 'text', dataType: 'text' }],
      vectorizers: weaviate.configure.vectors.text2VecTransformers(),
    });
    const texts = ['Ann drinks tea every morning', 'The cluster runs in Iowa', 'Invoices are due on Friday'];
    const { hasErrors } = await notes.data.insertMany(texts.map((text) => ({ properties: { text } })));
    expect(hasErrors).toBe(false);
    const found = async (use: WeaviateClient['collections']) => {
      const { objects } = await use.use('Note').query.nearText('hot beverages that people like', { limit: 1 });
      return objects.map(({ properties }) => properties.text);
    };
    expect(await found(collections)).toEqual(['Ann drinks tea every morning']);

    await server.shutDown();
    await server.restart();
    expect(await found((await client()).collections)).toEqual(['Ann drinks tea every morning']);
  });

  test('keeps every object when it is killed', async () => {
    const { collections } = await client();
    const things = await collections.create({ name: 'Thing', vectorizers: weaviate.configure.vectors.selfProvided() });
    const ids = [await things.data.insert({ vectors: [1, 0] }), await things.data.insert({ vectors: [0, 1] })];
    await server.kill();
    await server.restart();
    const { objects } = await (await client()).collections.use('Thing').query.fetchObjects();
    expect(objects.map(({ uuid }) => uuid).sort()).toEqual(ids.sort());
  });

  test('answers only to who has the key', async () => {
    await expect(client('another key')).rejects.toThrow();
    const status = async (headers: Record<string, string>) =>
      (await fetch(`${server.url}/v1/schema`, { headers })).status;
    expect(await status({})).toBe(401);
    expect(await status({ Authorization: `Bearer ${apiKey}` })).toBe(200);
  });

  test('answers nothing while it is paused, and everything afterwards', async () => {
    const meta = async (timeout: number) => {
      const headers = { Authorization: `Bearer ${apiKey}` };
      const response = await fetch(`${server.url}/v1/meta`, { headers, signal: AbortSignal.timeout(timeout) });
      return (await response.json()) as { version: string };
    };
    await server.pause();
    await expect(meta(500)).rejects.toThrow(/timeout/);
    server.resume();
    expect((await meta(60_000)).version).toMatch(/^1\.\d+\.\d+$/);
  });
});
