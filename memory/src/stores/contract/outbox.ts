import { describe, expect, test } from 'vitest';
import type { Document } from '../store.ts';
import { type Contract, document, HOUR } from './document.ts';

export function outboxContract(contract: Contract): void {
  const put = (...documents: Document[]) =>
    contract.store.commit(
      contract.tenant,
      documents.map((each) => ({ put: each, expect: 'any' })),
      contract.now,
    );
  const waiting = async (limit = 100) => (await contract.store.pending(limit, contract.tenant)).map(({ id }) => id);
  const settle = (...documents: Document[]) =>
    contract.store.settle(documents.map(({ kind, id, version }) => ({ tenant: contract.tenant, kind, id, version })));

  describe('the outbox', () => {
    test('has what is pending, with its tenant, oldest first, until it is settled', async () => {
      const first = document({ id: 'first', pending: true, order: 3 });
      const second = document({ kind: 'message', id: 'second', pending: true, order: 2 });
      const third = document({ id: 'third', pending: true, order: 1 });
      for (const [later, each] of [first, second, document({ id: 'not' }), third].entries()) {
        await contract.store.commit(contract.tenant, [{ put: each, expect: 'absent' }], contract.now + later);
      }
      expect(await contract.store.pending(100, contract.tenant)).toEqual(
        [first, second, third].map((each) => ({ ...each, tenant: contract.tenant })),
      );
      expect(await waiting(2)).toEqual(['first', 'second']);
      await settle(second, first);
      expect(await waiting()).toEqual(['third']);
      await settle(third);
      expect(await waiting()).toEqual([]);
    });

    test('does not change what it settles, but for the mark', async () => {
      const one = document({
        id: 'one',
        version: 3,
        pending: true,
        expiresAt: contract.now + HOUR,
        attributes: { subjectId: 's' },
      });
      await put(one);
      await settle(one);
      const settled = { ...one, pending: false };
      expect(await contract.store.get(contract.tenant, [one], contract.now)).toEqual([settled]);
      const listed = await contract.store.list(
        contract.tenant,
        { kind: 'memory', where: { subjectId: 's' }, direction: 'ascending', limit: 10 },
        contract.now,
      );
      expect(listed).toEqual([settled]);
      expect(await contract.store.get(contract.tenant, [one], contract.now + HOUR)).toEqual([undefined]);
    });

    test('keeps a newer version than the one settled', async () => {
      const one = document({ id: 'one', pending: true });
      await put(one);
      await put({ ...one, version: 2 });
      await settle(one);
      expect(await waiting()).toEqual(['one']);
      await settle({ ...one, version: 2 });
      expect(await waiting()).toEqual([]);
    });

    test('takes a document out that is written again as not pending, or removed', async () => {
      const [one, other] = [document({ id: 'one', pending: true }), document({ id: 'other', pending: true })];
      await put(one, other);
      await put({ ...one, version: 2, pending: false });
      await contract.store.commit(contract.tenant, [{ remove: other, expect: 1 }], contract.now);
      expect(await waiting()).toEqual([]);
      await settle(one, other);
      expect(await waiting()).toEqual([]);
    });

    test('shows tenants apart, and all of them to who asks for all', async () => {
      const other = `${contract.tenant}:other`;
      const mine = document({ id: 'mine', pending: true });
      const theirs = document({ id: 'theirs', pending: true });
      await put(mine);
      await contract.store.commit(other, [{ put: theirs, expect: 'any' }], contract.now);
      expect(await waiting()).toEqual(['mine']);
      const all = await contract.store.pending(1000);
      expect(
        all.filter(({ tenant }) => tenant.startsWith(contract.tenant)).map(({ tenant, id }) => [tenant, id]),
      ).toEqual([
        [contract.tenant, 'mine'],
        [other, 'theirs'],
      ]);
      await contract.store.settle([
        { tenant: contract.tenant, kind: 'memory', id: 'mine', version: 1 },
        { tenant: other, kind: 'memory', id: 'theirs', version: 1 },
      ]);
      const rest = await contract.store.pending(1000);
      expect(rest.filter(({ tenant }) => tenant.startsWith(contract.tenant))).toEqual([]);
    });

    test('settles many at once, and what is not there without complaint', async () => {
      const many = Array.from({ length: 200 }, (_, order) => document({ id: `w${order}`, order, pending: true }));
      await put(...many);
      expect(await waiting(1000)).toHaveLength(200);
      await settle(...many.slice(1), document({ id: 'never written' }));
      expect(await waiting()).toEqual(['w0']);
      await settle();
      expect(await waiting()).toEqual(['w0']);
    });
  });
}
