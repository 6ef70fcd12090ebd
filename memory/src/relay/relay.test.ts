import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SqliteIndex } from '../index/sqlite/index.ts';
import { EmbedderUnavailable } from '../search/dense/embedder.ts';
import { document } from '../stores/contract/document.ts';
import type { IndexEntry, IndexRemoval } from '../stores/search-index.ts';
import { SqliteFile } from '../stores/sqlite/file.ts';
import { SqliteStore } from '../stores/sqlite/store.ts';
import { type Document, type DocumentStore, type OwnedDocument, StoreUnavailable } from '../stores/store.ts';
import { Relay, type RelayOptions } from './relay.ts';

const tenant = 't';
const start = Date.UTC(2026, 10, 1);
const words = ({ text }: { readonly text: string }) => text.split(' ');

/** An index that may be away, and that never takes an entry that says `poison`. */
class FailingIndex extends SqliteIndex {
  away = false;
  calls = 0;

  override async apply(entries: readonly IndexEntry[], removals: readonly IndexRemoval[]): Promise<void> {
    this.calls += 1;
    if (this.away) throw new StoreUnavailable('sqlite', {});
    if (entries.some(({ text }) => text.includes('poison'))) throw new Error('cannot take poison');
    await super.apply(entries, removals);
  }

  override async check(): Promise<void> {
    if (this.away) throw new StoreUnavailable('sqlite', {});
  }

  recover = vi.fn(async (_since: number) => 0);
}

describe('the relay', () => {
  let now: number;
  let file: SqliteFile;
  let indexFile: SqliteFile;
  let store: DocumentStore;
  let index: FailingIndex;

  beforeEach(() => {
    now = start;
    file = new SqliteFile(':memory:');
    indexFile = new SqliteFile(':memory:');
    store = new SqliteStore(file, 'short', new SqliteIndex(file, { stems: words, now: () => now }));
    index = new FailingIndex(indexFile, { stems: words, now: () => now });
  });
  afterEach(async () => {
    await file.close();
    await indexFile.close();
  });

  const relay = (given: Partial<RelayOptions> = {}) =>
    new Relay({ stores: [{ tier: 'short', store }], index, clock: { now: () => now }, ...given });
  const memory = (id: string, text: string, given: Partial<Document> = {}): OwnedDocument => ({
    ...document({ id, pending: true, order: now, body: { text, at: now }, ...given }),
    tenant,
  });
  const write = (...documents: OwnedDocument[]) =>
    store.commit(
      tenant,
      documents.map(({ tenant: _, ...put }) => ({ put, expect: 'any' as const })),
      now,
    );
  const found = async (word: string) => (await index.lexical({ tenant }, [word], 100, now)).map(({ id }) => id).sort();
  const pending = async () => (await store.pending(1000)).map(({ id }) => id).sort();

  test('indexes what it is told of, and settles it', async () => {
    const one = memory('one', 'red fox');
    await write(one);
    expect(await relay().indexed('short', [one], 10_000)).toBe(true);
    expect(await found('fox')).toEqual(['one']);
    await vi.waitFor(async () => expect(await pending()).toEqual([]));
  });

  test('finds by a sweep what nobody told it of', async () => {
    await write(...Array.from({ length: 200 }, (_, number) => memory(`m${number}`, 'fox')));
    const under = relay({ batch: 16 });
    for (let sweeps = 0; sweeps < 4; sweeps++) await under.sweep();
    expect(await found('fox')).toHaveLength(100);
    expect(await pending()).toEqual([]);
    expect(under.stats).toEqual({ backlog: 0, lagMilliseconds: 0, parked: 0, parkedDocuments: [] });
  });

  test('removes what has expired before it came to be indexed, and settles it', async () => {
    await write(memory('mortal', 'fox', { expiresAt: now + 1000 }));
    now += 1000;
    await relay().sweep();
    expect(await found('fox')).toEqual([]);
    expect(await pending()).toEqual([]);
  });

  test('removes what a tombstone names', async () => {
    const under = relay();
    await write(memory('gone', 'fox'));
    await under.sweep();
    expect(await found('fox')).toEqual(['gone']);
    const tombstone = memory('gone', '', { kind: 'tombstone', version: 2, body: { of: 'memory' } });
    await store.commit(tenant, [{ remove: { kind: 'memory', id: 'gone' }, expect: 1 }], now);
    await write(tombstone);
    await under.sweep();
    expect(await found('fox')).toEqual([]);
    expect(await pending()).toEqual([]);
  });

  test('of a memory that was promoted before its old place was told of, the new place is told and no removal', async () => {
    const mid = new SqliteStore(file, 'mid', new SqliteIndex(file, { stems: words, now: () => now }));
    const stores = [
      { tier: 'short' as const, store },
      { tier: 'mid' as const, store: mid },
    ];
    const apply = vi.spyOn(index, 'apply');
    const [late, gone] = [memory('moved', 'fox'), memory('gone', 'fox')];
    const { tenant: _, ...put } = memory('moved', 'fox', { version: 2, pending: false });
    await mid.commit(tenant, [{ put, expect: 'absent' }], now);
    const under = relay({ stores });
    expect(await under.indexed('short', [late, gone], 10_000)).toBe(true);
    await under.sweep();
    expect(apply.mock.calls.flatMap(([, removals]) => removals)).toMatchObject([{ id: 'gone' }]);
    expect(apply.mock.calls.flatMap(([entries]) => entries).at(-1)).toMatchObject({
      id: 'moved',
      tier: 'mid',
      version: 2,
    });
    expect(await found('fox')).toEqual(['moved']);
  });

  test('one that the index refuses holds up no other, is tried ever more rarely, and shows as parked', async () => {
    const others = Array.from({ length: 20 }, (_, number) => memory(`good-${number}`, 'fox'));
    await write(memory('bad', 'fox poison'), ...others);
    const under = relay({ attempts: 3 });
    await under.sweep();
    expect(await found('fox')).toEqual(others.map(({ id }) => id).sort());
    expect(await pending()).toEqual(['bad']);
    expect(under.stats).toMatchObject({ backlog: 1, parked: 0 });

    const before = index.calls;
    await under.sweep();
    expect(index.calls).toBe(before);
    for (let attempt = 0; attempt < 2; attempt++) {
      now += 8000;
      await under.sweep();
    }
    expect(under.stats).toMatchObject({
      parked: 1,
      parkedDocuments: [
        { tier: 'short', tenant, kind: 'memory', id: 'bad', attempts: 3, error: 'Error: cannot take poison' },
      ],
    });
    await write(memory('bad', 'fox mended', { version: 2 }));
    await under.sweep();
    expect(await found('mended')).toEqual(['bad']);
    expect(await pending()).toEqual([]);
    expect(under.stats).toMatchObject({ backlog: 0, parked: 0 });
  });

  test('as many that the index refuses as it looks at do not hide the rest', async () => {
    await write(...Array.from({ length: 20 }, (_, number) => memory(`bad-${number}`, 'poison')));
    now += 1;
    await write(memory('good', 'fox'));
    const under = relay({ batch: 2, attempts: 3 });
    for (let sweeps = 0; sweeps < 4; sweeps++) await under.sweep();
    expect(await found('fox')).toEqual(['good']);
  });

  test('leaves an index that is away alone for a while, loses nothing, and asks it to mend itself', async () => {
    const onProblem = vi.fn();
    const under = relay({ onProblem });
    await under.sweep();
    expect(index.recover).toHaveBeenCalledTimes(1);
    index.away = true;
    const one = memory('one', 'fox');
    await write(one);
    under.notify('short', [one]);
    await under.sweep();
    expect(onProblem).toHaveBeenCalledWith('index', expect.any(StoreUnavailable));
    const calls = index.calls;
    await under.sweep();
    expect(index.calls).toBe(calls);
    expect(under.stats).toMatchObject({ backlog: 1, parked: 0 });
    expect(await pending()).toEqual(['one']);
    index.away = false;
    now += 60_000;
    expect(under.stats.lagMilliseconds).toBe(60_000);
    await under.sweep();
    expect(await found('fox')).toEqual(['one']);
    expect(await pending()).toEqual([]);
    expect(index.recover).toHaveBeenCalledTimes(2);
    expect(index.recover).toHaveBeenLastCalledWith(start - 600_000);
  });

  test('says so when the time is up before it is indexed', async () => {
    index.away = true;
    const one = memory('one', 'fox');
    await write(one);
    expect(await relay().indexed('short', [one], 5)).toBe(false);
  });

  test('a newer version that another replica has indexed in between is put back', async () => {
    const old = memory('one', 'old');
    await write(old);
    await write(memory('one', 'new', { version: 2, pending: false }));
    const under = relay();
    under.notify('short', [old]);
    await under.sweep();
    expect(await found('new')).toEqual(['one']);
    expect(await found('old')).toEqual([]);
  });

  test('one that was removed meanwhile is not left in the index', async () => {
    const under = relay();
    under.notify('short', [memory('never written', 'fox')]);
    await under.sweep();
    expect(await found('fox')).toEqual([]);
  });

  test('keeps no more than its queue holds, and finds the rest by sweeps', async () => {
    index.away = true;
    const many = Array.from({ length: 30 }, (_, number) => memory(`m${number}`, 'fox'));
    await write(...many);
    const under = relay({ queue: 10 });
    under.notify('short', many);
    expect(under.stats.backlog).toBe(10);
    await under.sweep();
    index.away = false;
    for (let sweeps = 0; sweeps < 4; sweeps++) {
      now += 60_000;
      await under.sweep();
    }
    expect(await found('fox')).toHaveLength(30);
    expect(await pending()).toEqual([]);
  });

  describe('with an embedder', () => {
    const vector = [1, 0];

    test('gives entries their vectors', async () => {
      await write(memory('one', 'fox'), memory('two', 'otter'));
      const embed = vi.fn(async (texts: readonly string[]) => texts.map((text) => (text === 'fox' ? vector : [0, 1])));
      await relay({ embedder: { embed } }).sweep();
      expect((await index.nearest({ tenant }, vector, 1, now)).map(({ id }) => id)).toEqual(['one']);
      expect(embed).toHaveBeenCalledTimes(1);
      expect(await pending()).toEqual([]);
    });

    test('that is away: is found by words at once, and by vector when it is back, and is never parked', async () => {
      const one = memory('one', 'fox');
      await write(one);
      let isAway = true;
      const embed = async () => {
        if (isAway) throw new EmbedderUnavailable('http://embedder', 'it is away');
        return [vector];
      };
      const under = relay({ embedder: { embed }, attempts: 2 });
      expect(await under.indexed('short', [one], 10_000)).toBe(true);
      for (let sweeps = 0; sweeps < 5; sweeps++) {
        now += 60_000;
        await under.sweep();
      }
      expect(await found('fox')).toEqual(['one']);
      expect(await pending()).toEqual(['one']);
      expect(under.stats).toMatchObject({ backlog: 1, parked: 0 });
      isAway = false;
      now += 60_000;
      await under.sweep();
      expect((await index.nearest({ tenant }, vector, 1, now)).map(({ id }) => id)).toEqual(['one']);
      expect(await pending()).toEqual([]);
    });

    test('that refuses a text: the others get theirs', async () => {
      await write(memory('bad', 'poisoned'), ...['a', 'b', 'c'].map((id) => memory(id, 'fox')));
      index.apply = SqliteIndex.prototype.apply;
      const embed = async (texts: readonly string[]) => {
        if (texts.includes('poisoned')) throw new Error('refused');
        return texts.map(() => vector);
      };
      await relay({ embedder: { embed } }).sweep();
      expect((await index.nearest({ tenant }, vector, 10, now)).map(({ id }) => id).sort()).toEqual(['a', 'b', 'c']);
      expect(await found('poisoned')).toEqual(['bad']);
      expect(await pending()).toEqual(['bad']);
    });
  });

  test('gives back space when it is time', async () => {
    const reap = vi.spyOn(store, 'reap' as never);
    const under = relay({ reapMilliseconds: 1000 });
    await under.sweep();
    await under.sweep();
    expect(reap).toHaveBeenCalledTimes(1);
    now += 1000;
    await under.sweep();
    expect(reap).toHaveBeenCalledTimes(2);
  });
});
