import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Dragonfly, startDragonfly } from '../../../testbed/servers/dragonfly.ts';
import { type Embeddings, startEmbeddings } from '../../../testbed/servers/embeddings/embeddings.ts';
import { startWeaviate, type Weaviate } from '../../../testbed/servers/weaviate.ts';
import { skipped } from '../../../testbed/skip.ts';
import { WeaviateIndex } from '../index/weaviate/weaviate-index.ts';
import { GuardedIndex, GuardedStore } from '../resilience/guarded.ts';
import { analyse, indexedStems } from '../search/analysis/analyse.ts';
import type { Embedder } from '../search/dense/embedder.ts';
import { transformersEmbedder } from '../search/dense/transformers.ts';
import { document } from '../stores/contract/document.ts';
import { DragonflyStore } from '../stores/dragonfly/dragonfly-store.ts';
import type { OwnedDocument } from '../stores/store.ts';
import { Relay } from './relay.ts';

const tenant = `tenant-${randomUUID()}`;

describe.skipIf(skipped('dragonfly', 'weaviate', 'embeddings'))('the relay between Dragonfly and Weaviate', () => {
  let dragonfly: Dragonfly;
  let weaviate: Weaviate;
  let embeddings: Embeddings;
  let store: GuardedStore;
  let index: GuardedIndex;
  let embedder: Embedder;
  let relay: Relay;

  beforeAll(async () => {
    [dragonfly, weaviate, embeddings] = await Promise.all([startDragonfly(), startWeaviate(), startEmbeddings()]);
    const { url, model, dimensions } = embeddings;
    embedder = transformersEmbedder({ url, model, dimensions });
    store = new GuardedStore(
      new DragonflyStore({ host: '127.0.0.1', port: dragonfly.port, timeoutMilliseconds: 2000 }),
      { timeoutMilliseconds: 4000 },
    );
    index = new GuardedIndex(
      new WeaviateIndex({
        httpHost: '127.0.0.1',
        httpPort: weaviate.port,
        grpcPort: weaviate.grpcPort,
        collection: 'Memory',
        vectors: { model, dimensions },
        stems: (entry) => indexedStems({ id: '', ...entry }),
        now: Date.now,
        timeoutMilliseconds: 3000,
      }),
      { timeoutMilliseconds: 6000, pauseMilliseconds: 200 },
    );
    relay = new Relay({
      stores: [{ tier: 'short', store }],
      index,
      embedder,
      clock: { now: Date.now },
      sweepMilliseconds: 200,
    });
    relay.start();
  });
  afterAll(async () => {
    await relay?.stop();
    await Promise.all([store?.close(), index?.close()]);
    await Promise.all([dragonfly, weaviate, embeddings].map((server) => server?.stop()));
  });

  async function remember(id: string, text: string): Promise<OwnedDocument> {
    const now = Date.now();
    const put = document({ id, pending: true, order: now, expiresAt: now + 3_600_000, body: { text, at: now } });
    await store.commit(tenant, [{ put, expect: 'absent' }], now);
    return { ...put, tenant };
  }

  test('what was just written is found by its words and by what it means', async () => {
    const cat = await remember('cat', 'The cat is sleeping on the sofa.');
    const tax = await remember('tax', 'The tax return is due in April.');
    expect(await relay.indexed('short', [cat, tax], 120_000)).toBe(true);
    const [byWords] = await index.lexical({ tenant }, analyse('cats that sleep'), 10, Date.now());
    expect(byWords?.id).toBe('cat');
    const [vector = []] = await embedder.embed(['a pet that takes a nap']);
    const nearest = await index.nearest({ tenant }, vector, 2, Date.now());
    expect(nearest.map(({ id }) => id)).toEqual(['cat', 'tax']);
  });

  test('what is written while Weaviate is dead is found, by words and by vector, when it is back', async () => {
    await weaviate.kill();
    const written = await Promise.all(
      Array.from({ length: 40 }, (_, number) => remember(`dead-${number}`, `A zebra of the ${number}th herd.`)),
    );
    relay.notify('short', written);
    expect(await relay.indexed('short', written.slice(0, 1), 500)).toBe(false);
    await weaviate.restart();
    const names = written.map(({ id }) => id).sort();
    const found = async () => (await index.lexical({ tenant }, analyse('zebra'), 100, Date.now())).map(({ id }) => id);
    await vi.waitFor(async () => expect((await found()).sort()).toEqual(names), { timeout: 120_000, interval: 200 });
    const [vector = []] = await embedder.embed(['zebras']);
    const near = await index.nearest({ tenant }, vector, 100, Date.now());
    expect(near).toHaveLength(42);
    await vi.waitFor(async () => expect(await store.pending(100)).toEqual([]), { timeout: 120_000, interval: 100 });
    expect(relay.stats).toMatchObject({ backlog: 0, parked: 0 });
  });
});
