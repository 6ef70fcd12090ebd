import { expect, test } from 'vitest';
import { operations } from '../src/api/operations.ts';
import type { Given } from './contract.ts';
import { finished } from './finished.ts';
import { answered, Caller } from './subject.ts';

export function subjects(given: Given): void {
  test('profile and preferences are merged', async () => {
    const caller = await Caller.of(given());
    const params = { subjectId: 'ana:1' };
    expect((await caller.ask('getProfile', { params })).body).toMatchObject({ value: {}, version: 0 });
    await caller.ask('patchProfile', { params, body: { merge: { city: 'Bremen', age: 40 } } });
    const { body } = await caller.ask('patchProfile', {
      params,
      body: { merge: { age: null } },
      headers: { 'if-match': '"1"' },
    });
    expect(body).toMatchObject({ value: { city: 'Bremen' }, version: 2 });
    await caller.ask('patchPreferences', { params, body: { merge: { tone: 'brief' } } });
    expect((await caller.ask('getPreferences', { params })).body.value).toEqual({ tone: 'brief' });
  });

  test('everything about a subject is given out, and erased with a receipt', async () => {
    const caller = await Caller.of(given());
    const params = { subjectId: 'ana' };
    const sessionId = await caller.session({ subjectId: 'ana' });
    const messages = [{ role: 'user', content: 'I keep bees' }];
    await caller.ask('appendMessages', { params: { sessionId }, body: { messages } });
    await caller.ask('patchProfile', { params, body: { merge: { city: 'Bremen' } } });
    const tiers = ['short', 'mid', 'long', 'semantic'];
    const ids = await caller.remember(
      ...tiers.map((tier) => ({ text: `Ana keeps bees (${tier})`, tier, subjectId: 'ana' })),
    );
    await caller.remember({ text: 'Bob keeps bees', subjectId: 'bob' });
    const { body: out } = await caller.ask('exportSubject', { params });
    expect(out.memories.map(({ id }) => id).sort()).toEqual([...ids].sort());
    expect(out.sessions.flatMap((one) => one.messages.map(({ content }) => content))).toEqual(['I keep bees']);
    const { body: begun } = await caller.ask('forgetSubject', { params, body: { reason: 'asked for' } });
    const done = await finished(caller, begun.id);
    expect(done).toMatchObject({ status: 'succeeded', receipt: { subjectId: 'ana', remaining: 0 } });
    for (const memoryId of ids) expect((await caller.send('getMemory', { params: { memoryId } })).status).toBe(404);
    expect(await caller.recall('bees')).toEqual(['Bob keeps bees']);
    expect((await caller.ask('getProfile', { params })).body).toMatchObject({ value: {} });
  });

  test('a legal hold keeps everything until it is lifted', async () => {
    const caller = await Caller.of(given());
    const params = { namespace: 'court' };
    const [memoryId = ''] = await caller.remember({ text: 'held', namespace: 'court', subjectId: 'ana' });
    await caller.ask('putPolicy', { params, body: { legalHold: true } });
    const refused = await caller.send('deleteMemory', { params: { memoryId } });
    expect([refused.status, refused.body.code]).toEqual([409, 'legal-hold']);
    const forget = await caller.send('forgetSubject', { params: { subjectId: 'ana' }, body: {} });
    expect([forget.status, forget.body.code]).toEqual([409, 'legal-hold']);
    const { body: policy } = await caller.ask('getPolicy', { params });
    await caller.ask('putPolicy', {
      params,
      body: { legalHold: false },
      headers: { 'if-match': `"${policy.version}"` },
    });
    await caller.ask('deleteMemory', { params: { memoryId } });
  });

  test("the namespace's policy names the tier of a memory that names none", async () => {
    const caller = await Caller.of(given());
    await caller.ask('putPolicy', { params: { namespace: 'archive' }, body: { defaultTier: 'long' } });
    const [memoryId = ''] = await caller.remember({ text: 'by policy', namespace: 'archive' });
    expect((await caller.ask('getMemory', { params: { memoryId } })).body.tier).toBe('long');
  });

  test('consolidation shows what it would do, then does it', async () => {
    const caller = await Caller.of(given());
    const ids = await caller.remember(
      { text: 'Ana likes green tea', subjectId: 'ana' },
      { text: 'ana likes  green tea', subjectId: 'ana' },
    );
    const dry = await caller.ask('consolidate', { body: { dryRun: true } });
    const shown = await finished(caller, dry.body.id);
    expect(shown.changes[0]?.memoryIds.toSorted()).toEqual(ids.toSorted());
    expect((await caller.ask('listMemories')).body.memories).toHaveLength(2);
    const real = await caller.ask('consolidate', { body: { dryRun: false } });
    expect((await finished(caller, real.body.id)).status).toBe('succeeded');
    expect(await caller.recall('green tea')).toHaveLength(1);
    const cancelled = await caller.send('cancelOperation', { params: { operationId: real.body.id } });
    expect([cancelled.status, cancelled.body.code]).toEqual([409, 'conflict']);
    const retried = await caller.send('retryOperation', { params: { operationId: real.body.id } });
    expect([retried.status, retried.body.code]).toEqual([409, 'conflict']);
  });

  test('an operation that was cancelled goes on when it is retried', async () => {
    const caller = await Caller.of(given());
    let cancelled: { readonly id: string } | undefined;
    // One that is done before it can be cancelled is begun again with more to do.
    for (let notes = 20; cancelled === undefined; notes *= 2) {
      const round = `of diary ${notes}`;
      const texts = Array.from({ length: notes }, (_, n) => ({ text: `note ${n % (notes / 2)} ${round}` }));
      for (let from = 0; from < notes; from += 100) await caller.remember(...texts.slice(from, from + 100));
      const { body: begun } = await caller.ask('consolidate', { body: { dryRun: false, similarity: 1 } });
      const { status, body } = await caller.send('cancelOperation', { params: { operationId: begun.id } });
      if (status === 409) {
        expect((await finished(caller, begun.id)).status).toBe('succeeded');
      } else {
        cancelled = operations.cancelOperation.answer.parse(body);
        answered.add('cancelOperation');
      }
    }
    const params = { operationId: cancelled.id };
    expect((await finished(caller, cancelled.id)).status).toBe('cancelled');
    await caller.ask('retryOperation', { params });
    expect((await finished(caller, cancelled.id)).status).toBe('succeeded');
  });

  test("promotion by the namespace's policy", async () => {
    const caller = await Caller.of(given());
    const promotion = [{ from: 'mid', to: 'long', minImportance: 0.9 }];
    await caller.ask('putPolicy', { params: { namespace: 'default' }, body: { promotion } });
    const [high = '', low = ''] = await caller.remember(
      { text: 'must stay', importance: 1 },
      { text: 'may go', importance: 0.1 },
    );
    const { body } = await caller.ask('promoteByPolicy', { body: { dryRun: false } });
    expect((await finished(caller, body.id)).status).toBe('succeeded');
    expect((await caller.ask('getMemory', { params: { memoryId: high } })).body.tier).toBe('long');
    expect((await caller.ask('getMemory', { params: { memoryId: low } })).body.tier).toBe('mid');
  });

  test('the audit log says who erased what, and only to those who may read it', async () => {
    const caller = await Caller.of(given());
    const [memoryId = ''] = await caller.remember({ text: 'gone soon' });
    await caller.ask('deleteMemory', { params: { memoryId } });
    const { body } = await caller.ask('listAudit', { query: { action: 'delete' } });
    expect(body.entries).toMatchObject([{ action: 'delete', operation: 'deleteMemory', ids: [memoryId] }]);
    const reader = await Caller.of(given(), caller.tenant, ['read']);
    const refused = await reader.send('listAudit');
    expect(refused.status).toBe(403);
    expect(refused.headers.get('www-authenticate')).toBe(
      'Bearer realm="memory", error="insufficient_scope", scope="memory:audit"',
    );
  });

  test('statistics count the memories of each tier', async () => {
    const caller = await Caller.of(given());
    await caller.remember(
      { text: 'one', tier: 'mid' },
      { text: 'two', tier: 'mid' },
      { text: 'three', tier: 'semantic' },
    );
    const { body } = await caller.ask('getStats');
    expect(body.tenant).toBe(caller.tenant);
    expect(body.tiers.mid).toMatchObject({ state: 'up', memories: 2 });
    expect(body.tiers.semantic).toMatchObject({ state: 'up', memories: 1 });
  });
}
