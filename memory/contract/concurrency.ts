import { expect, test } from 'vitest';
import type { Given } from './contract.ts';
import { Caller } from './subject.ts';

export function concurrency(given: Given): void {
  test('concurrent appends get numbers without gap or repetition', async () => {
    const caller = await Caller.of(given());
    const params = { sessionId: await caller.session() };
    const append = (n: number) =>
      caller.ask('appendMessages', { params, body: { messages: [{ role: 'user', content: `m ${n}` }] } });
    const appended = await Promise.all(Array.from({ length: 20 }, (_, n) => append(n)));
    const numbers = appended.map(({ body }) => body.messages[0]?.sequence ?? 0);
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
  });

  test('of two changes to the same version one is refused', async () => {
    const caller = await Caller.of(given());
    const [memoryId = ''] = await caller.remember({ text: 'contended' });
    const change = (importance: number) =>
      caller.send('updateMemory', { params: { memoryId }, body: { importance }, headers: { 'if-match': '"1"' } });
    const statuses = (await Promise.all([change(0.1), change(0.2)])).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([200, 412]);
  });

  test('a request that comes twice at once is done once', async () => {
    const caller = await Caller.of(given());
    const once = { body: { memories: [{ text: 'only once' }] }, headers: { 'idempotency-key': 'twice' } };
    const both = await Promise.all([caller.ask('createMemories', once), caller.ask('createMemories', once)]);
    expect(both[0].body).toEqual(both[1].body);
    expect((await caller.ask('listMemories')).body.memories).toHaveLength(1);
  });

  test('a read that shows the token of a write sees it', async () => {
    const caller = await Caller.of(given());
    for (let n = 0; n < 10; n++) {
      const body = { memories: [{ text: `fresh thing ${n}`, tier: 'semantic' }] };
      const token = (await caller.ask('createMemories', { body })).headers.get('consistency-token') ?? '';
      const headers = { 'consistency-token': token };
      const found = await caller.ask('searchMemories', { body: { query: `thing ${n}`, limit: 100 }, headers });
      expect(found.body.hits.map(({ memory }) => memory?.text)).toContain(`fresh thing ${n}`);
    }
  });
}
