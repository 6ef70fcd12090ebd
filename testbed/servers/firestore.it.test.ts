import { Firestore as Client } from '@google-cloud/firestore';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { skipped } from '../skip.ts';
import { type Firestore, startFirestore } from './firestore.ts';

describe.skipIf(skipped('firestore-emulator'))('firestore', () => {
  let firestore: Firestore;
  const clients: Client[] = [];

  function client(databaseId = '(default)'): Client {
    const { projectId, host } = firestore;
    // What the client sets itself where FIRESTORE_EMULATOR_HOST says the address, which counts for the whole process.
    const made = new Client({
      projectId,
      databaseId,
      host,
      ssl: false,
      customHeaders: { Authorization: 'Bearer owner' },
    });
    clients.push(made);
    return made;
  }

  beforeAll(async () => {
    // A client without credentials would ask Google Cloud's metadata server for some.
    vi.stubEnv('METADATA_SERVER_DETECTION', 'none');
    firestore = await startFirestore();
  });

  afterEach(async () => {
    for (const each of clients.splice(0)) await each.terminate();
    await firestore.clear();
  });

  afterAll(async () => {
    vi.unstubAllEnvs();
    await firestore?.stop();
  });

  test('keeps documents, answers queries, and runs transactions', async () => {
    const db = client();
    await db.doc('memories/a').set({ subject: 'ann', at: 1 });
    await db.doc('memories/b').set({ subject: 'ann', at: 2 });
    await db.doc('memories/c').set({ subject: 'bob', at: 3 });
    const query = db.collection('memories').where('subject', '==', 'ann').orderBy('at', 'desc');
    expect((await query.get()).docs.map(({ id }) => id)).toEqual(['b', 'a']);
    const counter = db.doc('counters/one');
    const add = () => db.runTransaction(async (t) => t.set(counter, { n: ((await t.get(counter)).get('n') ?? 0) + 1 }));
    await Promise.all([add(), add(), add()]);
    expect((await counter.get()).get('n')).toBe(3);
  });

  test('databases are apart, and each is cleared by itself', async () => {
    const [first, other] = [client(), client('other')];
    await Promise.all([first.doc('a/b').set({ in: 'default' }), other.doc('a/b').set({ in: 'other' })]);
    await firestore.clear();
    expect([(await first.doc('a/b').get()).exists, (await other.doc('a/b').get()).get('in')]).toEqual([false, 'other']);
    await firestore.clear('other');
    expect((await other.doc('a/b').get()).exists).toBe(false);
  });

  test('a restart is empty, or has what was saved', async () => {
    await client().doc('a/b').set({ n: 1 });
    await firestore.restart();
    expect((await client().doc('a/b').get()).exists).toBe(false);

    await client().doc('a/b').set({ n: 1 });
    await firestore.save();
    await client().doc('a/b').set({ n: 2 });
    await firestore.save();
    await client().doc('a/b').set({ n: 3 });
    await firestore.restart();
    expect((await client().doc('a/b').get()).get('n')).toBe(2);
  });

  test('answers nothing while it is paused, and everything afterwards', async () => {
    const url = `http://${firestore.host}/v1/projects/${firestore.projectId}/databases/(default)/documents/a/b`;
    const status = async () => (await fetch(url, { signal: AbortSignal.timeout(2_000) })).status;
    expect(await status()).toBe(404);
    await firestore.pause();
    await expect(status()).rejects.toThrow(/timeout/);
    firestore.resume();
    const db = client();
    await db.doc('a/b').set({ n: 1 });
    expect((await db.doc('a/b').get()).get('n')).toBe(1);
  });
});
