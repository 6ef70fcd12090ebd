import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DAY, type EmbeddedService, embeddedService, HOUR, scopeOf } from '../embedded-for-tests.ts';
import { canonical } from '../records/canonical.ts';
import type { Operation } from './operation.ts';

let memory: EmbeddedService;
beforeEach(() => {
  memory = embeddedService();
});
afterEach(() => memory.close());

type Creation = NonNullable<NonNullable<Parameters<typeof memory.call<'createMemories'>>[1]>['body']>;
async function remember(...memories: Creation['memories']) {
  const { body } = await memory.call('createMemories', { body: { memories } });
  return body.memories.map(({ id }) => id);
}
const active = async () => (await memory.call('listMemories', { query: { limit: 200 } })).body.memories;
const read = async (memoryId: string) => (await memory.call('getMemory', { params: { memoryId } })).body;

async function finished({ id }: Operation): Promise<Operation> {
  let operation: Operation | undefined;
  await expect
    .poll(
      async () => {
        operation = (await memory.call('getOperation', { params: { operationId: id } })).body;
        return operation.status;
      },
      // On a machine that does much else at once; the default of one second was too short there.
      { timeout: 50_000, interval: 5 },
    )
    .not.toBe('running');
  return operation as Operation;
}
const consolidate = async (body: object) =>
  finished((await memory.call('consolidate', { body: { dryRun: false, ...body } })).body);

describe('a consolidation', () => {
  test('shows what it would merge, and changes nothing', async () => {
    const ids = await remember({ text: 'Ann likes tea.' }, { text: 'ann likes TEA' }, { text: 'Ann has a dog.' });
    const { status, changes, progress } = await consolidate({ dryRun: true });
    expect(status).toBe('succeeded');
    expect(changes).toMatchObject([{ action: 'merge', memoryIds: ids.slice(0, 2), why: 'They have the same words.' }]);
    expect(changes[0]).not.toHaveProperty('result');
    expect(progress).toEqual({ done: 1, total: 1 });
    expect(await active()).toHaveLength(3);
  });

  test('merges the same and almost the same words, and loses nothing', async () => {
    const ids = await remember(
      { text: 'Ann likes green tea with honey and milk in the garden', tags: ['a'], importance: 0.2, subjectId: 'ann' },
      { text: 'Ann likes green tea with honey and milk in her garden', tags: ['b'], importance: 0.9, subjectId: 'ann' },
      { text: 'ann likes green TEA, with honey and milk in the garden!', subjectId: 'ann' },
    );
    const { changes } = await consolidate({ similarity: 0.8 });
    expect(changes).toHaveLength(1);
    const result = await read(String(changes[0]?.result));
    expect(result).toMatchObject({
      importance: 0.9,
      tags: ['a', 'b'],
      supersedes: ids,
      provenance: { source: 'consolidation', memoryIds: ids },
    });
    expect((await active()).map(({ id }) => id)).toEqual([result.id]);
    for (const id of ids) expect(await read(id)).toMatchObject({ status: 'superseded', supersededBy: result.id });
    expect((await consolidate({})).changes).toEqual([]);
  });

  test('keeps apart what differs by a number, a negation, a subject, a namespace, a tier or a pin', async () => {
    await remember(
      { text: 'Ann takes 5 pills every day in the morning', subjectId: 'ann' },
      { text: 'Ann takes 6 pills every day in the morning', subjectId: 'ann' },
      { text: 'Ann never takes 5 pills every day in the morning', subjectId: 'ann' },
      { text: 'Ann takes 5 pills every day in the morning', subjectId: 'bob' },
      { text: 'Ann takes 5 pills every day in the morning', subjectId: 'ann', namespace: 'other' },
      { text: 'Ann takes 5 pills every day in the morning', subjectId: 'ann', tier: 'long' },
      { text: 'Ann takes 5 pills every day in the morning', subjectId: 'ann', pinned: true },
    );
    expect((await consolidate({ similarity: 0.7 })).changes).toEqual([]);
    expect(await active()).toHaveLength(7);
  });

  test('is started once for each Idempotency-Key', async () => {
    const start = () => memory.call('consolidate', { body: {}, idempotencyKey: 'key' });
    const answers = await Promise.all([start(), start(), start()]);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    await finished(answers[0].body);
  });

  test('whose process ended is shown as failed, and goes on when it is retried', async () => {
    const { body } = await memory.call('consolidate', { body: { dryRun: true } });
    const done = await finished(body);
    const key = { kind: 'operation', id: done.id } as const;
    const [document] = await memory.stores.long.get('tenant', [key], memory.clock.now());
    if (document === undefined) throw new Error('the operation is gone');
    // As a process leaves it that is killed.
    const left = { ...document, version: document.version + 1, body: { ...document.body, status: 'running' } };
    await memory.stores.long.commit('tenant', [{ put: left, expect: document.version }], memory.clock.now());
    const params = { operationId: done.id };
    await expect(memory.call('retryOperation', { params })).rejects.toMatchObject({ code: 'conflict' });
    memory.clock.advance(HOUR);
    expect((await memory.call('getOperation', { params })).body.status).toBe('failed');
    expect((await finished((await memory.call('retryOperation', { params })).body)).status).toBe('succeeded');
    await expect(memory.call('cancelOperation', { params })).rejects.toMatchObject({ code: 'conflict' });
  });

  test('that is cancelled stops after its step, and a retry does the rest', async () => {
    const texts = Array.from({ length: 60 }, (_, number) => `the same ${String.fromCodePoint(0x4e00 + number)} words`);
    await remember(...texts.map((text) => ({ text })));
    await remember(...texts.map((text) => ({ text })));
    const { body } = await memory.call('consolidate', { body: { dryRun: false } });
    const { body: cancelled } = await memory.call('cancelOperation', { params: { operationId: body.id } });
    expect(cancelled.status).toBe('cancelled');
    const left = (await active()).length;
    expect(left).toBeGreaterThan(60);
    const { body: again } = await memory.call('retryOperation', { params: { operationId: body.id } });
    expect((await finished(again)).status).toBe('succeeded');
    expect(new Set((await active()).map(({ text }) => text)).size).toBe(60);
    expect(await active()).toHaveLength(60);
  });
});

describe('a promotion by policy', () => {
  test('takes what its rules name, and says why', async () => {
    await memory.call('putPolicy', {
      params: { namespace: 'default' },
      body: {
        promotion: [
          { from: 'mid', to: 'long', minAccesses: 2 },
          { from: 'mid', to: 'semantic', minImportance: 0.9 },
          { from: 'short', to: 'mid', minAgeSeconds: 600, types: ['preference'] },
        ],
      },
    });
    const [recalled = '', important = '', old = '', plain = ''] = await remember(
      { text: 'the heron' },
      { text: 'the fence', importance: 0.95 },
      { text: 'likes tea', tier: 'short', type: 'preference' },
      { text: 'nothing special' },
    );
    for (let round = 0; round < 2; round += 1) await memory.call('searchMemories', { body: { query: 'heron' } });
    memory.clock.advance(HOUR / 2);
    const dry = await finished((await memory.call('promoteByPolicy', { body: {} })).body);
    expect(dry.changes.map(({ memoryIds, from, to }) => [memoryIds[0], from, to]).sort()).toEqual(
      [
        [recalled, 'mid', 'long'],
        [important, 'mid', 'semantic'],
        [old, 'short', 'mid'],
      ].sort(),
    );
    expect(await read(recalled)).toMatchObject({ tier: 'mid' });
    const done = await finished((await memory.call('promoteByPolicy', { body: { dryRun: false } })).body);
    expect(done.changes.find(({ to }) => to === 'long')?.why).toBe('recalled 2 times, 2 suffice.');
    expect(await read(recalled)).toMatchObject({ tier: 'long', promotedFrom: 'mid' });
    expect(await read(important)).toMatchObject({ tier: 'semantic' });
    expect(await read(old)).toMatchObject({ tier: 'mid' });
    expect(await read(plain)).toMatchObject({ tier: 'mid' });
  });
});

describe('a subject', () => {
  async function live(subjectId: string) {
    await memory.call('createSession', { body: { id: `session of ${subjectId}`, subjectId } });
    const params = { sessionId: `session of ${subjectId}` };
    await memory.call('appendMessages', {
      params,
      body: { messages: [{ role: 'user', content: `${subjectId} heron` }] },
      idempotencyKey: subjectId,
    });
    await memory.call('putState', { params: { ...params, key: 'k' }, body: { value: 1 } });
    const ids = await remember(
      ...(['short', 'mid', 'long', 'semantic'] as const).map((tier) => ({
        text: `${subjectId} heron in ${tier}`,
        tier,
        subjectId,
      })),
    );
    await memory.call('updateMemory', { params: { memoryId: String(ids[1]) }, body: { importance: 1 } });
    await memory.call('patchProfile', { params: { subjectId }, body: { merge: { home: 'Lisbon' } } });
    await memory.call('patchPreferences', { params: { subjectId }, body: { merge: { tea: true } } });
    await memory.call('searchMemories', { body: { query: 'heron' } });
    return ids;
  }
  const count = async (query: string) =>
    (await memory.call('searchMemories', { body: { query, limit: 100 } })).body.hits.length;

  test('is given out whole, and nobody else with it', async () => {
    const ids = await live('ann');
    await live('bob');
    const { body } = await memory.call('exportSubject', { params: { subjectId: 'ann' } });
    expect(body).toMatchObject({
      subjectId: 'ann',
      profile: { home: 'Lisbon' },
      preferences: { tea: true },
      partial: false,
    });
    expect(body.memories.map(({ id }) => id).sort()).toEqual([...ids].sort());
    expect(body.sessions).toMatchObject([{ id: 'session of ann', messages: [{ content: 'ann heron' }] }]);
    expect(JSON.stringify(body)).not.toContain('bob');
  });

  test('is forgotten in every store, with a receipt that proves it, and nobody else', async () => {
    const ids = await live('ann');
    await live('bob');
    expect(await count('heron')).toBe(10);
    const params = { subjectId: 'ann' };
    const dry = await finished((await memory.call('forgetSubject', { params, body: { dryRun: true } })).body);
    expect(dry.receipt?.erased).toMatchObject({
      'short.message': 1,
      'mid.memory': 1,
      'long.memory': 2,
      'mid.revision': 1,
    });
    expect(await count('heron')).toBe(10);

    const { receipt, status } = await finished((await memory.call('forgetSubject', { params, body: {} })).body);
    expect(status).toBe('succeeded');
    expect(receipt).toMatchObject({ subjectId: 'ann', remaining: 0 });
    const { signature, ...fields } = receipt as NonNullable<typeof receipt>;
    const key = 'a key that signs in tests, 32 bytes';
    expect(signature).toBe(createHmac('sha256', key).update(canonical(fields)).digest('base64url'));

    expect(await count('heron')).toBe(5);
    for (const memoryId of ids) {
      await expect(memory.call('getMemory', { params: { memoryId } })).rejects.toMatchObject({ code: 'not-found' });
      await expect(memory.call('getHistory', { params: { memoryId } })).rejects.toMatchObject({ code: 'not-found' });
    }
    expect((await memory.call('getProfile', { params })).body).toMatchObject({ value: {}, version: 0 });
    const { body } = await memory.call('exportSubject', { params });
    expect(body).toMatchObject({ memories: [], sessions: [], profile: {}, preferences: {} });
    // Not one byte of what was said is left in the tables.
    const rows = memory.file.database.prepare("SELECT kind, body FROM documents WHERE body LIKE '%ann heron%'").all();
    expect(rows).toEqual([]);
    const late = {
      tenant: 'tenant',
      kind: 'memory',
      id: String(ids[0]),
      tier: 'short',
      version: 1,
      namespace: 'default',
      type: 'episodic',
      at: 0,
      expiresAt: null,
      text: 'ann heron',
    } as const;
    await memory.index.apply([late], []);
    expect(await memory.index.lexical({ tenant: 'tenant' }, ['ann'], 10, memory.clock.now())).toEqual([]);
  });

  test('is not forgotten while a namespace with something of it is on legal hold', async () => {
    await live('ann');
    await memory.call('putPolicy', { params: { namespace: 'default' }, body: { legalHold: true } });
    const forget = memory.call('forgetSubject', { params: { subjectId: 'ann' }, body: {} });
    await expect(forget).rejects.toMatchObject({ code: 'legal-hold' });
    expect(await count('heron')).toBe(5);
  });

  test('has a profile that is merged at a version, and takes no secret', async () => {
    const patch = (merge: Record<string, unknown>, ifMatch?: number) =>
      memory.call('patchProfile', {
        params: { subjectId: 'ann' },
        body: { merge },
        ...(ifMatch === undefined ? {} : { ifMatch }),
      });
    await patch({ a: 1, b: { c: 2 } }, 0);
    await Promise.all([patch({ d: 1 }), patch({ e: 1 }), patch({ b: { c: null } })]);
    const { body } = await memory.call('getProfile', { params: { subjectId: 'ann' } });
    expect(body).toMatchObject({ value: { a: 1, b: {}, d: 1, e: 1 }, version: 4 });
    await expect(patch({ a: 2 }, 1)).rejects.toMatchObject({ code: 'version-mismatch' });
    await expect(patch({ password: 'hunter2!x9' })).rejects.toMatchObject({ code: 'quarantine-rejected' });
    const half = 'long word '.repeat(2000);
    await patch({ long: half });
    await expect(patch({ longer: half })).rejects.toMatchObject({ code: 'invalid-request' });
  });
});

describe('what an operator sees', () => {
  test('audits who read, searched, changed and erased, newest first and by pages', async () => {
    const [id = ''] = await remember({ text: 'the heron', subjectId: 'ann' });
    await memory.call('getMemory', { params: { memoryId: id } }, scopeOf('tenant', 'reader'));
    await memory.call('searchMemories', { body: { query: 'heron', filters: { subjectIds: ['ann'] } } });
    await memory.call('deleteMemory', { params: { memoryId: id } });
    const page = (query: Record<string, string | number>) => memory.call('listAudit', { query });
    const { body } = await page({});
    expect(body.entries.map(({ action, by, ids }) => [action, by, ids])).toEqual([
      ['delete', 'tester', [id]],
      ['search', 'tester', [id]],
      ['read', 'reader', [id]],
      ['write', 'tester', [id]],
    ]);
    expect(JSON.stringify(body)).not.toContain('heron');
    expect((await page({ action: 'read' })).body.entries).toMatchObject([{ by: 'reader', subjectId: 'ann' }]);
    for (let number = 0; number < 120; number += 1) {
      await memory.call('getSession', { params: { sessionId: 'none' } }).catch(() => undefined);
      await memory.call('listMemories');
      if (number % 40 === 0) await page({ limit: 1 });
      memory.clock.advance(1);
    }
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const next: Awaited<ReturnType<typeof page>> = await page({ limit: 7, ...(cursor === null ? {} : { cursor }) });
      seen.push(...next.body.entries.map((entry) => entry.id));
      cursor = next.body.next;
    } while (cursor !== null);
    expect(seen).toHaveLength(124);
    expect(new Set(seen).size).toBe(124);
    const { body: foreign } = await memory.call('listAudit', {}, scopeOf('other'));
    expect(foreign.entries).toEqual([]);
  });

  test('counts what a tenant holds, by tier, also after a restart', async () => {
    await remember({ text: 'a' }, { text: 'b', tier: 'long' }, { text: 'c', tier: 'semantic' });
    const other = embeddedService({ clock: memory.clock, more: { stores: memory.stores, index: memory.index } });
    await memory.service.close();
    const { body } = await other.call('getStats');
    expect(body).toMatchObject({
      usage: { records: 3, quota: { records: 100_000 } },
      tiers: {
        short: { memories: 0, state: 'up', store: 'sqlite' },
        mid: { memories: 1 },
        long: { memories: 1 },
        semantic: { memories: 1 },
      },
      index: { name: 'sqlite', state: 'up', pending: 0 },
      embedder: null,
    });
    memory.clock.advance(DAY + HOUR);
    expect((await other.call('getStats')).body.usage.records).toBe(2);
    await other.close();
  });

  test('sees which part is down', async () => {
    await memory.file.close();
    const parts = await memory.service.health();
    expect(parts.map(({ part, up }) => [part, up])).toEqual([
      ['short', false],
      ['mid', false],
      ['long', false],
      ['semantic', false],
      ['index', false],
    ]);
  });

  test('sets a policy at the version that was read', async () => {
    const put = (ifMatch: number) =>
      memory.call('putPolicy', { params: { namespace: 'n' }, body: { defaultTier: 'long' }, ifMatch });
    expect((await memory.call('getPolicy', { params: { namespace: 'n' } })).body).toMatchObject({
      defaultTier: 'mid',
      version: 0,
    });
    expect((await put(0)).version).toBe(1);
    await expect(put(0)).rejects.toMatchObject({ code: 'version-mismatch' });
    expect((await memory.call('getPolicy', { params: { namespace: 'n' } })).body).toMatchObject({
      defaultTier: 'long',
      version: 1,
    });
  });
});
