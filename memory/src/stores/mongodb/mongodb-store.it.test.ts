import { randomUUID } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MongoDb, startMongoDb } from '../../../../testbed/servers/mongodb/mongodb.ts';
import { skipped } from '../../../../testbed/skip.ts';
import { faultContract } from '../../resilience/faults-for-tests.ts';
import { document } from '../contract/document.ts';
import { storeContract } from '../contract.ts';
import { type Document, StoreUnavailable } from '../store.ts';
import { type Marked, type Marker, Markers } from './markers.ts';
import { MongoDbStore } from './mongodb-store.ts';
import { contentOf, documentOf, primaryKey } from './record.ts';

function open({ url }: MongoDb, database: string, timeoutMilliseconds = 10_000): MongoDbStore {
  const { hostname: host, port } = new URL(url);
  return new MongoDbStore({ hosts: [{ host, port: Number(port) }], database, timeoutMilliseconds });
}

describe.skipIf(skipped('mongo-java-server'))('MongoDB', () => {
  storeContract(
    'MongoDbStore',
    async () => {
      const server = await startMongoDb();
      const database = `memory-${randomUUID()}`;
      const store = open(server, database);
      const stop = async () => {
        await store.close();
        await server.stop();
      };
      return { store, reopen: async () => open(server, database), stop };
    },
    { appends: false },
  );

  faultContract(
    'MongoDbStore',
    async () => {
      const server = await startMongoDb();
      return { server, store: open(server, 'memory', 700) };
    },
    { keeps: true },
  );

  test('a store that was opened while its server did not answer works when the server does', async () => {
    const server = await startMongoDb();
    await server.pause();
    const store = open(server, 'memory', 500);
    try {
      await expect(store.check()).rejects.toThrow(StoreUnavailable);
      server.resume();
      await expect.poll(() => store.check(), { timeout: 60_000 }).toBeUndefined();
    } finally {
      await store.close();
      await server.stop();
    }
  });

  describe('commits without transactions', () => {
    let server: MongoDb;
    let client: MongoClient;
    const now = Date.now();

    beforeAll(async () => {
      server = await startMongoDb();
      client = new MongoClient(server.url);
    });
    afterAll(async () => {
      await client?.close();
      await server?.stop();
    });

    /** A commit of two documents, of which one was there, by a process that died before or after its marker. */
    async function died(committed: boolean) {
      const database = client.db(randomUUID());
      const documents = database.collection<Marked>('documents');
      const markers = database.collection<Marker>('commits');
      const commits = new Markers(documents, markers, 5000);
      const [before, made] = [document({ id: 'a' }), document({ id: 'b', body: { text: 'after' } })];
      const after = { ...before, version: 2, body: { text: 'after' } };
      await commits.commit('t', [{ put: before, expect: 'absent' }], now);
      const since = Date.now() - 3_600_000;
      const next = (put: Document) => ({ batch: 'dead', since, content: contentOf(put, now) });
      const keys = [after, made].map((put) => primaryKey('t', put));
      await documents.updateOne({ _id: keys[0] as string }, { $set: { next: next(after) } });
      const { lists, place } = contentOf(made, now);
      const stub = { kind: made.kind, id: made.id, tenant: 't', version: 0, stub: true, pending: false, lists, place };
      await documents.updateOne({ _id: keys[1] as string }, { $set: { ...stub, next: next(made) } }, { upsert: true });
      if (committed) await markers.insertOne({ _id: 'dead', outcome: 'committed', keys, at: new Date() });
      const read = async () => {
        const found = await commits.find({ filter: { _id: { $in: keys } }, sort: { _id: 1 }, limit: 2 });
        return found.documents.map(documentOf);
      };
      const raw = () => documents.find({}, { sort: { _id: 1 } }).toArray();
      return { commits, markers, before, after, made, read, raw };
    }

    test('one that died after its marker is read as done, and is completed', async () => {
      const { commits, markers, after, made, read, raw } = await died(true);
      expect(await read()).toEqual([after, made]);
      await commits.recover();
      expect((await raw()).map(({ version, next, stub }) => ({ version, next, stub }))).toEqual([
        { version: 2, next: undefined, stub: undefined },
        { version: 1, next: undefined, stub: undefined },
      ]);
      expect(await markers.countDocuments()).toBe(0);
      expect(await read()).toEqual([after, made]);
    });

    test('one that died before its marker is read as not done, and is undone', async () => {
      const { commits, before, read, raw } = await died(false);
      expect(await read()).toEqual([before]);
      await commits.recover();
      expect((await raw()).map(({ id, next }) => ({ id, next }))).toEqual([{ id: 'a', next: undefined }]);
      expect(await read()).toEqual([before]);
    });

    test('one that died does not stand in the way of the next', async () => {
      for (const committed of [true, false]) {
        const { commits, after, read } = await died(committed);
        const version = committed ? 3 : 2;
        const put = { ...after, version, body: { text: 'next' } };
        await commits.commit('t', [{ put, expect: version - 1 }], now);
        expect((await read())[0]).toEqual(put);
      }
    });

    test('readers see both halves of a commit or none, while many write', async () => {
      const database = client.db(randomUUID());
      const commits = new Markers(database.collection('documents'), database.collection('commits'), 20_000);
      const halves = (version: number) => ['a', 'b'].map((id) => document({ id, version, body: { version } }));
      await commits.commit(
        't',
        halves(1).map((put) => ({ put, expect: 'absent' })),
        now,
      );
      const keys = halves(1).map((key) => primaryKey('t', key));
      let writing = true;
      const write = async () => {
        for (let version = 2; version <= 30; version++) {
          await commits.commit(
            't',
            halves(version).map((put) => ({ put, expect: version - 1 })),
            now,
          );
        }
        writing = false;
      };
      const seen = new Set<number>();
      const read = async () => {
        while (writing) {
          const { documents } = await commits.find({ filter: { _id: { $in: keys } }, limit: 2 });
          const versions = documents.map(({ version }) => version);
          expect(versions).toEqual([versions[0], versions[0]]);
          seen.add(versions[0] ?? 0);
        }
      };
      await Promise.all([write(), ...Array.from({ length: 6 }, read)]);
      expect(seen.size).toBeGreaterThan(3);
    });
  });
});
