import { expect, test } from 'vitest';
import type { Given } from './contract.ts';
import { Caller } from './subject.ts';

export function pages(given: Given): void {
  test('pages of memories meet without gap or repetition, over all tiers', async () => {
    const caller = await Caller.of(given());
    const tiers = ['short', 'mid', 'long', 'semantic'];
    const ids = await caller.remember(
      ...Array.from({ length: 23 }, (_, n) => ({ text: `m ${n}`, tier: tiers[n % 4] })),
    );
    const seen: string[] = [];
    let cursor: string | null | undefined;
    do {
      const query = { limit: 5, ...(cursor && { cursor }) };
      const { body } = await caller.ask('listMemories', { query });
      expect(body.memories.length).toBeLessThanOrEqual(5);
      seen.push(...body.memories.map(({ id }) => id));
      cursor = body.next;
    } while (cursor !== null);
    expect(seen.toSorted()).toEqual(ids.toSorted());
  });

  test('pages of a search meet without gap or repetition', async () => {
    const caller = await Caller.of(given());
    const ids = await caller.remember(...Array.from({ length: 12 }, (_, n) => ({ text: `tea of garden ${n}` })));
    const seen: (string | undefined)[] = [];
    let cursor: string | null | undefined;
    do {
      const body = { query: 'tea', limit: 5, ...(cursor && { cursor }) };
      const found = await caller.ask('searchMemories', { body });
      seen.push(...found.body.hits.map(({ memory }) => memory?.id));
      cursor = found.body.next;
    } while (cursor !== null);
    expect(seen.toSorted()).toEqual(ids.toSorted());
  });

  test('a cursor is no good for another tenant, another filter, or with a letter changed', async () => {
    const caller = await Caller.of(given());
    await caller.remember({ text: 'a' }, { text: 'b' });
    const { body } = await caller.ask('listMemories', { query: { limit: 1 } });
    const cursor = body.next ?? '';
    const other = await Caller.of(given());
    const changed = `${cursor.slice(0, -1)}${cursor.endsWith('A') ? 'B' : 'A'}`;
    const refused = [
      await other.send('listMemories', { query: { limit: 1, cursor } }),
      await caller.send('listMemories', { query: { limit: 1, cursor, namespace: 'else' } }),
      await caller.send('listMemories', { query: { limit: 1, cursor: `x${changed}` } }),
    ];
    expect(refused.map(({ status, body: { code } }) => [status, code])).toEqual(
      Array(3).fill([400, 'invalid-request']),
    );
  });

  test('an audit log goes on over pages', async () => {
    const caller = await Caller.of(given());
    const ids = await caller.remember({ text: 'a' }, { text: 'b' }, { text: 'c' });
    for (const memoryId of ids) await caller.ask('deleteMemory', { params: { memoryId } });
    const first = await caller.ask('listAudit', { query: { action: 'delete', limit: 2 } });
    const rest = await caller.ask('listAudit', {
      query: { action: 'delete', limit: 2, cursor: first.body.next ?? '' },
    });
    expect([...first.body.entries, ...rest.body.entries].flatMap((entry) => entry.ids).toSorted()).toEqual(
      ids.toSorted(),
    );
    expect(rest.body.next).toBeNull();
  });
}
