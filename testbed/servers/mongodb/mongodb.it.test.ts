import { MongoClient, type MongoClientOptions } from 'mongodb';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { skipped } from '../../skip.ts';
import { type MongoDb, type MongoDbCapabilities, startMongoDb } from './mongodb.ts';

describe.skipIf(skipped('mongo-java-server'))('mongodb', () => {
  let mongodb: MongoDb;
  const clients: MongoClient[] = [];

  function client(options: MongoClientOptions = {}): MongoClient {
    const made = new MongoClient(mongodb.url, { serverSelectionTimeoutMS: 10_000, ...options });
    clients.push(made);
    return made;
  }

  beforeAll(async () => {
    mongodb = await startMongoDb();
  });

  afterEach(async () => {
    for (const each of clients.splice(0)) await each.close();
  });

  afterAll(() => mongodb?.stop());

  test('does what memories need: upserts, unique and expiring indexes, aggregation', async () => {
    const items = client().db('work').collection<{ _id: string; kind: string; score: number }>('items');
    await items.createIndex({ kind: 1, score: 1 }, { unique: true });
    await items.createIndex({ expireAt: 1 }, { expireAfterSeconds: 0 });
    await items.updateOne({ _id: 'a' }, { $set: { kind: 'x', score: 1 } }, { upsert: true });
    await items.insertMany([
      { _id: 'b', kind: 'x', score: 3 },
      { _id: 'c', kind: 'y', score: 5 },
    ]);
    await expect(items.insertOne({ _id: 'd', kind: 'y', score: 5 })).rejects.toMatchObject({ code: 11_000 });
    const groups = items.aggregate([{ $group: { _id: '$kind', top: { $max: '$score' } } }, { $sort: { _id: 1 } }]);
    expect(await groups.toArray()).toEqual([
      { _id: 'x', top: 3 },
      { _id: 'y', top: 5 },
    ]);
  });

  test('keeps every write that it acknowledged, with its indexes, when it is killed', async () => {
    const before = client().db('kept').collection<{ n: number }>('writes');
    await before.createIndex({ n: 1 }, { unique: true });
    let acknowledged = 0;
    const writing = (async () => {
      for (;;) {
        await before.insertOne({ n: acknowledged });
        acknowledged++;
      }
    })().catch((error: Error) => error.name);
    await vi.waitFor(() => expect(acknowledged).toBeGreaterThan(50), { timeout: 60_000 });
    await mongodb.kill();
    expect(await writing).toMatch(/^Mongo/);

    await mongodb.restart();
    const after = client().db('kept').collection<{ n: number }>('writes');
    const found = new Set((await after.find().toArray()).map(({ n }) => n));
    expect(Array.from({ length: acknowledged }, (_, n) => n).filter((n) => !found.has(n))).toEqual([]);
    await expect(after.insertOne({ n: 0 })).rejects.toMatchObject({ code: 11_000 });
  });

  test('answers nothing while it is paused, and everything afterwards', async () => {
    const hasty = client({ socketTimeoutMS: 200, retryReads: false }).db('work');
    await hasty.command({ ping: 1 });
    await mongodb.pause();
    await expect(hasty.command({ ping: 1 })).rejects.toThrow(/timed out/);
    mongodb.resume();
    expect(await client().db('work').command({ ping: 1 })).toMatchObject({ ok: 1 });
  });

  test('says truly what it does not do', async () => {
    const connection = client();
    const db = connection.db('capabilities');
    const items = db.collection<{ _id: string; n?: number }>('items');
    await items.insertMany([{ _id: 'a', n: 1 }, { _id: 'b' }]);
    const works = (attempt: () => Promise<unknown>) =>
      attempt().then(
        () => true,
        () => false,
      );
    const found: Omit<MongoDbCapabilities, 'ttlReaper'> = {
      sessions: await works(() => connection.withSession((session) => items.findOne({}, { session }))),
      transactions: await works(() =>
        connection.withSession((session) =>
          session.withTransaction(() => items.insertOne({ _id: 'in transaction' }, { session }), { timeoutMS: 5_000 }),
        ),
      ),
      changeStreams: await works(async () => {
        await using changes = items.watch([], { maxAwaitTimeMS: 100 });
        await changes.tryNext();
      }),
      partialIndexes: await works(async () => {
        const partialFilterExpression = { n: { $exists: true } };
        await items.createIndex({ n: 1 }, { unique: true, partialFilterExpression });
        await items.insertOne({ _id: 'c' });
      }),
      pipelineUpdates: await works(() => items.updateOne({ _id: 'a' }, [{ $set: { n: { $add: ['$n', 1] } } }])),
      explain: await works(() => items.find({ n: 1 }).explain()),
      validators: !(await works(async () => {
        const strict = await db.createCollection<{ _id: string }>('strict', { validator: { n: { $type: 'int' } } });
        await strict.insertOne({ _id: 'no number' });
      })),
    };
    const { ttlReaper, ...told } = mongodb.capabilities;
    expect(found).toEqual(told);
    expect(ttlReaper).toBe(mongodb.program === 'mongod');
  });
});
