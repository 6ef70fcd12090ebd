import { describe, expect, test } from 'vitest';
import type { Document, ListQuery } from '../store.ts';
import { type Contract, document } from './document.ts';

const bytes = new TextEncoder();

/** By order, then by the bytes of the id, as every store must. */
function sorted(documents: readonly Document[]): Document[] {
  return documents.toSorted((one, other) => {
    if (one.order !== other.order) return one.order - other.order;
    return Buffer.compare(bytes.encode(one.id), bytes.encode(other.id));
  });
}

export function listContract(contract: Contract): void {
  const put = (...documents: Document[]) =>
    contract.store.commit(
      contract.tenant,
      documents.map((each) => ({ put: each, expect: 'any' })),
      contract.now,
    );
  const list = (query: Partial<ListQuery> = {}) =>
    contract.store.list(
      contract.tenant,
      { kind: 'memory', where: {}, direction: 'ascending', limit: 1000, ...query },
      contract.now,
    );

  async function paged(query: Partial<ListQuery>, limit: number): Promise<Document[]> {
    const all: Document[] = [];
    for (;;) {
      const last = all.at(-1);
      const page = await list({ ...query, limit, ...(last === undefined ? {} : { after: last }) });
      all.push(...page);
      if (page.length < limit) return all;
    }
  }

  describe('a list', () => {
    /** Many of the same order, with ids whose UTF-16 and UTF-8 order differ. */
    const ids = ['b', 'B', 'a', 'a!', 'ä', '\uff5e', '🦊', 'z', '10', '9', '_'];
    const some = ids.flatMap((id, number) => [
      document({ id, order: 5 }),
      document({ id: `${id}#`, order: number % 3 }),
      document({ id: `${id}+`, order: Date.UTC(2026, 0, 1) + number }),
    ]);

    test('goes by order and then by the bytes of the id, both ways', async () => {
      await put(...some);
      expect(await list()).toEqual(sorted(some));
      expect(await list({ direction: 'descending' })).toEqual(sorted(some).reverse());
    });

    test.each([1, 2, 7, 1000])('shows each document once in pages of %d', async (limit) => {
      await put(...some);
      expect(await paged({}, limit)).toEqual(sorted(some));
      expect(await paged({ direction: 'descending' }, limit)).toEqual(sorted(some).reverse());
    });

    test('begins after a place, whether a document is there or not', async () => {
      await put(...[1, 2, 3].map((order) => document({ id: `at-${order}`, order })));
      const orders = async (query: Partial<ListQuery>) => (await list(query)).map(({ order }) => order);
      expect(await orders({ after: { order: 2, id: '' } })).toEqual([2, 3]);
      expect(await orders({ after: { order: 2, id: 'at-2' } })).toEqual([3]);
      expect(await orders({ after: { order: 2, id: 'at-2x' }, direction: 'descending' })).toEqual([2, 1]);
      expect(await orders({ after: { order: 3, id: 'zzz' } })).toEqual([]);
    });

    test('filters by each attribute, and by all of them together', async () => {
      const attributes = {
        namespace: 'n:1',
        subjectId: 's/1',
        sessionId: 'e{1}',
        agentId: 'a%1',
        type: 'episodic',
        status: 'active',
      } as const;
      const names = Object.keys(attributes) as (keyof typeof attributes)[];
      const full = document({ id: 'full', attributes });
      const others = names.flatMap((name) => [
        document({ id: `other-${name}`, attributes: { ...attributes, [name]: `${attributes[name]}x` } }),
        document({ id: `only-${name}`, attributes: { [name]: attributes[name] } }),
      ]);
      await put(full, ...others);
      for (const name of names) {
        const expected = [full, ...others].filter((each) => each.attributes[name] === attributes[name]);
        expect(await list({ where: { [name]: attributes[name] } })).toEqual(sorted(expected));
      }
      expect(await list({ where: attributes })).toEqual([full]);
      expect(await list({ where: { subjectId: 'S/1' } })).toEqual([]);
    });

    test('filters and pages together', async () => {
      const mixed = Array.from({ length: 60 }, (_, number) =>
        document({ id: `p${number}`, order: number >> 2, attributes: { subjectId: `s${number % 3}` } }),
      );
      await put(...mixed);
      const mine = mixed.filter(({ attributes }) => attributes.subjectId === 's1');
      const where = { subjectId: 's1' };
      expect(await paged({ where }, 7)).toEqual(sorted(mine));
      expect(await paged({ where, direction: 'descending' }, 20)).toEqual(sorted(mine).reverse());
    });

    test('follows a document whose attributes or place changed, and forgets a removed one', async () => {
      const before = document({ id: 'moves', order: 1, attributes: { status: 'active', subjectId: 's' } });
      const after = { ...before, version: 2, order: 9, attributes: { status: 'held', agentId: 'a' } };
      await put(before, document({ id: 'stays', order: 5, attributes: { status: 'active' } }));
      await put(after);
      const idsOf = async (query: Partial<ListQuery>) => (await list(query)).map(({ id }) => id);
      expect(await idsOf({})).toEqual(['stays', 'moves']);
      expect(await idsOf({ where: { status: 'active' } })).toEqual(['stays']);
      expect(await idsOf({ where: { subjectId: 's' } })).toEqual([]);
      expect(await idsOf({ where: { status: 'held' } })).toEqual(['moves']);
      expect(await idsOf({ where: { agentId: 'a' } })).toEqual(['moves']);
      await contract.store.commit(contract.tenant, [{ remove: after, expect: 2 }], contract.now);
      expect(await idsOf({})).toEqual(['stays']);
      expect(await idsOf({ where: { agentId: 'a' } })).toEqual([]);
    });

    test('shows one kind of one tenant', async () => {
      await put(document({ id: 'm' }), document({ kind: 'message', id: 'm' }), document({ kind: 'session', id: 'm' }));
      expect((await list({ kind: 'message' })).map(({ kind }) => kind)).toEqual(['message']);
      const foreign = await contract.store.list(
        `${contract.tenant}x`,
        { kind: 'memory', where: {}, direction: 'ascending', limit: 10 },
        contract.now,
      );
      expect(foreign).toEqual([]);
    });

    test('gives a thousand at once, and the rest on the next page', async () => {
      const many = Array.from({ length: 1100 }, (_, order) => document({ id: `k${order}`, order, body: {} }));
      for (let from = 0; from < many.length; from += 256) await put(...many.slice(from, from + 256));
      const first = await list();
      expect(first).toHaveLength(1000);
      expect([...first, ...(await list({ after: first[999] as Document }))]).toEqual(many);
    });
  });
}
