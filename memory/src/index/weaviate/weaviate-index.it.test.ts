import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startWeaviate, type Weaviate } from '../../../../testbed/servers/weaviate.ts';
import { skipped } from '../../../../testbed/skip.ts';
import { GuardedIndex } from '../../resilience/guarded.ts';
import type { IndexEntry, SearchIndex } from '../../stores/search-index.ts';
import { StoreUnavailable } from '../../stores/store.ts';
import { indexContract } from '../contract.ts';
import { reembed } from '../reembed.ts';
import type { VectorModel } from './schema.ts';
import { WeaviateIndex } from './weaviate-index.ts';

/** Words that are their own stems; the analysis itself is tested in search/. */
const stems = ({ text, speaker = '' }: { readonly text: string; readonly speaker?: string }) =>
  `${speaker.toLowerCase().replace(/e$/, '')} ${text.toLowerCase()}`.split(/\s+/).filter((word) => word !== '');

const modelA: VectorModel = { model: 'test/model-a', dimensions: 4 };
const modelB: VectorModel = { model: 'test/model-b', dimensions: 3 };

function open(server: Weaviate, vectors: VectorModel | undefined, timeoutMilliseconds = 10_000): WeaviateIndex {
  return new WeaviateIndex({
    httpHost: '127.0.0.1',
    httpPort: server.port,
    grpcPort: server.grpcPort,
    apiKey: 'key',
    collection: 'Memory',
    ...(vectors && { vectors }),
    stems,
    now: Date.now,
    timeoutMilliseconds,
  });
}

describe.skipIf(skipped('weaviate'))('Weaviate', () => {
  indexContract('WeaviateIndex', async () => {
    const server = await startWeaviate({ apiKey: 'key' });
    const index = open(server, modelA);
    const stop = async () => {
      await index.close();
      await server.stop();
    };
    return { index, stop };
  });

  describe('WeaviateIndex', () => {
    let server: Weaviate;
    let tenant: string;
    const now = Date.now();
    const opened: SearchIndex[] = [];
    const use = <Index extends SearchIndex>(index: Index): Index => {
      opened.push(index);
      return index;
    };

    beforeAll(async () => {
      server = await startWeaviate({ apiKey: 'key' });
      tenant = `tenant-${randomUUID()}`;
    });
    afterAll(async () => {
      for (const index of opened) await index.close();
      await server?.stop();
    });

    const entry = (id: string, text: string, given: Partial<IndexEntry> = {}): IndexEntry => ({
      tenant,
      kind: 'memory',
      id,
      tier: 'semantic',
      version: 1,
      namespace: 'n',
      type: 'semantic',
      at: now,
      expiresAt: null,
      text,
      ...given,
    });
    const ids = (found: readonly { readonly id: string }[]) => found.map(({ id }) => id);

    test('refuses vectors of another length, and any where it has no model', async () => {
      const [index, none] = [use(open(server, modelA)), use(open(server, undefined))];
      await expect(index.apply([entry('x', 'fox', { vector: [1, 2, 3] })], [])).rejects.toThrow(RangeError);
      await expect(index.nearest({ tenant }, [1, 2, 3], 5, now)).rejects.toThrow(RangeError);
      await expect(none.nearest({ tenant }, [1, 2, 3, 4], 5, now)).rejects.toThrow(TypeError);
      expect(await index.lexical({ tenant }, ['fox'], 5, now)).toEqual([]);
    });

    test('goes over to another model while it is searched with the first, from wherever it was stopped', async () => {
      const old = use(open(server, modelA));
      const entries = Array.from({ length: 30 }, (_, number) =>
        entry(`e${number}`, `fox ${number}`, {
          vector: [1, number, 0, 0],
          tenant: number < 15 ? tenant : `${tenant}:x`,
        }),
      );
      await old.apply(entries, [{ tenant, kind: 'memory', id: 'gone', version: 1 }]);
      const next = use(open(server, modelB));
      const texts: string[] = [];
      let failsAt = 12;
      const embed = async (asked: readonly string[]) => {
        if (texts.length >= failsAt) throw new Error('stopped');
        texts.push(...asked);
        return asked.map((text) => [1, Number(text.split(' ')[1]), 0]);
      };
      const onProgress = vi.fn();
      await expect(reembed({ index: next, embedder: { embed }, batch: 4, onProgress })).rejects.toThrow('stopped');
      expect(onProgress).toHaveBeenLastCalledWith(12, 30);
      failsAt = Number.POSITIVE_INFINITY;
      const done = await reembed({ index: next, embedder: { embed }, batch: 4 });
      expect(done).toEqual({ embedded: 18, left: 0 });
      expect(new Set(texts).size).toBe(30);
      expect(texts).toHaveLength(30);

      expect(ids(await old.nearest({ tenant }, [1, 7, 0, 0], 1, now))).toEqual(['e7']);
      expect(ids(await next.nearest({ tenant }, [1, 7, 0], 1, now))).toEqual(['e7']);
      expect(await next.nearest({ tenant: `${tenant}:x` }, [1, 7, 0], 100, now)).toHaveLength(15);
      expect(await next.lexical({ tenant }, ['fox'], 100, now)).toHaveLength(15);

      await old.apply([entry('e7', 'fox 100', { version: 2, vector: [1, 100, 0, 0] })], []);
      expect(await reembed({ index: next, embedder: { embed } })).toEqual({ embedded: 1, left: 0 });
      expect(ids(await next.nearest({ tenant }, [1, 100, 0], 1, now))).toEqual(['e7']);
    });

    test('gives back the space of what has expired', async () => {
      const index = use(open(server, modelA));
      const own = { tenant: `${tenant}-reap` };
      await index.apply([entry('mortal', 'fox', { ...own, expiresAt: now + 1000 }), entry('ever', 'fox', own)], []);
      expect(await index.reap(now + 999, 1000)).toBe(0);
      expect(await index.reap(now + 1000, 1000)).toBe(1);
      expect(ids(await index.lexical(own, ['fox'], 10, now))).toEqual(['ever']);
    });

    test('hung and killed: calls end, the circuit opens and closes, and vectors that it lost are restored', async () => {
      const own = { tenant: `${tenant}-faults` };
      const index = use(
        new GuardedIndex(open(server, modelA, 2000), {
          timeoutMilliseconds: 3000,
          failures: 2,
          pauseMilliseconds: 200,
        }),
      );
      const search = () => index.lexical(own, ['fox'], 1000, now);
      const failsUntilOpen = async () => {
        while (index.guard.state.circuit !== 'open') await expect(search()).rejects.toThrow(StoreUnavailable);
      };
      const untilBack = async () => {
        await vi.waitUntil(
          () =>
            search().then(
              () => true,
              () => false,
            ),
          { timeout: 120_000, interval: 100 },
        );
        expect(index.guard.state.circuit).toBe('closed');
      };
      await index.apply([entry('first', 'fox', { ...own, vector: [1, 0, 0, 0] })], []);
      server.pause();
      await failsUntilOpen();
      server.resume();
      await untilBack();

      const many = Array.from({ length: 300 }, (_, number) =>
        entry(`m${number}`, 'fox', { ...own, vector: [1, number, number * number, 1] }),
      );
      await index.apply(many, []);
      await server.kill();
      await failsUntilOpen();
      await server.restart();
      await untilBack();
      expect(await index.recover?.(now - 60_000)).toBeGreaterThanOrEqual(301);
      expect(await search()).toHaveLength(301);
      expect(await index.nearest(own, [1, 1, 1, 1], 1000, now)).toHaveLength(301);
    });
  });
});
