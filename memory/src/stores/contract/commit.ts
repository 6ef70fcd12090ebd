import { describe, expect, test } from 'vitest';
import { type Document, VersionConflict, type Write } from '../store.ts';
import { type Contract, document, HOUR } from './document.ts';

/** The longest id: 512 bytes of two-byte letters. */
const LONGEST = 'ä'.repeat(256);
const AWKWARD_IDS = [
  'a:b',
  'a/b',
  'a%2Fb',
  '{a}',
  'a\\b',
  'a*?[b]',
  'a b\tc\nd',
  'a\'b"c`d',
  '.',
  '..',
  '__name__',
  '$where',
  'Ünïcödé ✓ 漢字 🦊',
  'e\u0301',
  '\u00e9',
  'ID',
  'id',
  LONGEST,
];

/** All that JSON can say, at the places where databases differ. */
const AWKWARD_BODY = {
  text: 'quote " backslash \\ newline \n nul \u0000 fox 🦊 rtl \u202eabc',
  empty: { string: '', array: [], object: {}, null: null },
  nested: [[1, [2, [3]]], [{ a: [{ b: [] }] }]],
  numbers: [0, -1, 0.1, 1e308, 5e-324, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
  booleans: [true, false],
  'dotted.key': 1,
  $set: { $gt: '' },
  __name__: 'reserved',
  '': 'no name',
  'ключ 🔑': 'unicode',
  '2026-01-01T00:00:00.000Z': '2026-01-01T00:00:00.000Z',
};

export function commitContract(contract: Contract): void {
  const commit = (...writes: Write[]) => contract.store.commit(contract.tenant, writes, contract.now);
  const get = (...ids: string[]) =>
    contract.store.get(
      contract.tenant,
      ids.map((id) => ({ kind: 'memory', id })),
      contract.now,
    );
  const conflict = (write: Promise<unknown>): Promise<VersionConflict> =>
    write.then(
      () => {
        throw new Error('it was written, where a conflict was expected');
      },
      (error: unknown) => {
        if (error instanceof VersionConflict) return error;
        throw error;
      },
    );

  describe('a commit', () => {
    test('gives back what was put, field by field', async () => {
      const full = document({
        id: 'full',
        version: 7,
        attributes: { namespace: 'n', subjectId: 's', sessionId: 'e', agentId: 'a', type: 't', status: 'active' },
        order: contract.now,
        expiresAt: contract.now + HOUR,
        pending: true,
        body: AWKWARD_BODY,
      });
      const bare = document({ id: 'bare', body: {} });
      await commit({ put: full, expect: 'absent' }, { put: bare, expect: 'absent' });
      expect(await get('full', 'bare')).toStrictEqual([full, bare]);
    });

    test('answers in the order of the keys, and undefined where there is none', async () => {
      await commit({ put: document({ id: 'b' }), expect: 'any' }, { put: document({ id: 'a' }), expect: 'any' });
      const found = await get('a', 'none', 'b', 'a');
      expect(found.map((one) => one?.id)).toEqual(['a', undefined, 'b', 'a']);
    });

    test('reads a thousand keys at once', async () => {
      await commit({ put: document({ id: 'id-999' }), expect: 'any' });
      const found = await get(...Array.from({ length: 1000 }, (_, number) => `id-${number}`));
      expect(found.filter((one) => one !== undefined).map(({ id }) => id)).toEqual(['id-999']);
      expect(found).toHaveLength(1000);
    });

    test('keeps kinds apart, also where an id is the same', async () => {
      await commit(
        { put: document({ id: 'same', body: { is: 'memory' } }), expect: 'absent' },
        { put: document({ kind: 'message', id: 'same', body: { is: 'message' } }), expect: 'absent' },
      );
      const found = await contract.store.get(
        contract.tenant,
        [
          { kind: 'message', id: 'same' },
          { kind: 'memory', id: 'same' },
          { kind: 'session', id: 'same' },
        ],
        contract.now,
      );
      expect(found.map((one) => one?.body)).toEqual([{ is: 'message' }, { is: 'memory' }, undefined]);
    });

    test.each(AWKWARD_IDS.map((id) => [id.length > 100 ? 'of 512 bytes' : JSON.stringify(id), id]))(
      'keeps the id %s',
      async (_, id) => {
        await commit({ put: document({ id, body: { of: id } }), expect: 'absent' });
        expect(await get(...AWKWARD_IDS)).toEqual(
          AWKWARD_IDS.map((each) => (each === id ? document({ id, body: { of: id } }) : undefined)),
        );
        await commit({ remove: { kind: 'memory', id }, expect: 1 });
        expect(await get(id)).toEqual([undefined]);
      },
    );

    test('keeps tenants apart, also where tenant and id meet at a delimiter', async () => {
      const { store, now, tenant } = contract;
      const pairs = [
        [`${tenant}:a`, 'b'],
        [tenant, 'a:b'],
        [`${tenant}/a`, 'b'],
        [tenant, 'a/b'],
        [`${tenant}}a`, 'b'],
        [`${tenant}%3Aa`, 'b'],
        [`${tenant}.Ä`, 'b'],
        [`${tenant}.ä`, 'b'],
      ] as const;
      for (const [owner, id] of pairs) {
        await store.commit(owner, [{ put: document({ id, body: { owner, id } }), expect: 'absent' }], now);
      }
      for (const [owner, id] of pairs) {
        expect(await store.get(owner, [{ kind: 'memory', id }], now)).toMatchObject([{ body: { owner, id } }]);
        const listed = await store.list(owner, { kind: 'memory', where: {}, direction: 'ascending', limit: 100 }, now);
        expect(listed.map(({ body }) => body.owner)).toEqual(
          pairs.filter(([other]) => other === owner).map(() => owner),
        );
      }
      await store.commit(`${tenant}:a`, [{ remove: { kind: 'memory', id: 'b' }, expect: 'any' }], now);
      expect(await store.get(tenant, [{ kind: 'memory', id: 'a:b' }], now)).toMatchObject([{ id: 'a:b' }]);
    });

    test('takes a body of half a mebibyte', async () => {
      const large = document({ id: 'large', body: { text: '漢🦊'.repeat(75_000) } });
      await commit({ put: large, expect: 'absent' });
      expect(await get('large')).toStrictEqual([large]);
    });

    test('writes 256 documents at once, or none of them', async () => {
      const many = Array.from({ length: 256 }, (_, number) => document({ id: `many-${number}`, order: number }));
      await commit(...many.map((put) => ({ put, expect: 'absent' as const })));
      expect(await get(...many.map(({ id }) => id))).toStrictEqual(many);

      const next = many.map((put) => ({ put: { ...put, version: 2 }, expect: put.id === 'many-255' ? 9 : 1 }));
      expect(await conflict(commit(...next))).toMatchObject({ key: { kind: 'memory', id: 'many-255' }, found: 1 });
      expect(await get(...many.map(({ id }) => id))).toStrictEqual(many);
    });

    test('mixes puts and removals of several kinds', async () => {
      await commit({ put: document({ id: 'old' }), expect: 'absent' });
      await commit(
        { remove: { kind: 'memory', id: 'old' }, expect: 1 },
        { put: document({ kind: 'tombstone', id: 'old', version: 2, body: { of: 'memory' } }), expect: 'absent' },
        { put: document({ kind: 'audit', id: 'entry' }), expect: 'absent' },
      );
      const kinds = ['memory', 'tombstone', 'audit'] as const;
      const found = await contract.store.get(
        contract.tenant,
        kinds.map((kind) => ({ kind, id: kind === 'audit' ? 'entry' : 'old' })),
        contract.now,
      );
      expect(found.map((one) => one?.kind)).toEqual([undefined, 'tombstone', 'audit']);
    });
  });

  describe('what a write expects', () => {
    const one = (version: number): Document => document({ id: 'one', version, body: { version } });

    test('absent: refuses where a document lives, and says which version', async () => {
      await commit({ put: one(3), expect: 'absent' });
      const told = await conflict(commit({ put: one(1), expect: 'absent' }));
      expect(told).toMatchObject({ key: { kind: 'memory', id: 'one' }, found: 3 });
      expect(await get('one')).toStrictEqual([one(3)]);
    });

    test('a version: replaces only that one', async () => {
      await commit({ put: one(1), expect: 'absent' });
      await commit({ put: one(2), expect: 1 });
      expect(await conflict(commit({ put: one(2), expect: 1 }))).toMatchObject({ found: 2 });
      expect(await get('one')).toStrictEqual([one(2)]);
    });

    test('a version: refuses where there is none', async () => {
      const told = await conflict(commit({ put: one(2), expect: 1 }));
      expect(told.found).toBeUndefined();
      expect((await conflict(commit({ remove: one(1), expect: 1 }))).found).toBeUndefined();
      expect(await get('one')).toEqual([undefined]);
    });

    test('any: replaces whatever there is, and removes what is not there', async () => {
      await commit({ remove: one(1), expect: 'any' });
      await commit({ put: one(5), expect: 'any' });
      await commit({ put: one(2), expect: 'any' });
      expect(await get('one')).toStrictEqual([one(2)]);
      await commit({ remove: one(1), expect: 'any' });
      expect(await get('one')).toEqual([undefined]);
    });

    test('a removal of another version is refused', async () => {
      await commit({ put: one(2), expect: 'absent' });
      expect(await conflict(commit({ remove: one(1), expect: 1 }))).toMatchObject({ found: 2 });
      expect(await get('one')).toStrictEqual([one(2)]);
    });

    test('one of many that change the same version at once wins, the others are told', async () => {
      await commit({ put: one(1), expect: 'absent' });
      const attempts = Array.from({ length: 20 }, (_, attempt) =>
        commit(
          { put: document({ id: 'one', version: 2, body: { attempt } }), expect: 1 },
          { put: document({ id: `with-${attempt}` }), expect: 'absent' },
        ).then(
          () => 'written',
          (error: unknown) => (error instanceof VersionConflict ? 'conflict' : error),
        ),
      );
      const outcomes = await Promise.all(attempts);
      expect(outcomes.filter((outcome) => outcome === 'written')).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome === 'conflict')).toHaveLength(19);
      const winner = outcomes.indexOf('written');
      expect(await get('one')).toMatchObject([{ version: 2, body: { attempt: winner } }]);
      const written = await get(...outcomes.map((_, attempt) => `with-${attempt}`));
      expect(written.filter((each) => each !== undefined).map(({ id }) => id)).toEqual([`with-${winner}`]);
    });

    test('one of many that make the same document at once wins', async () => {
      const outcomes = await Promise.allSettled(
        Array.from({ length: 20 }, (_, attempt) =>
          commit({ put: document({ id: 'made', body: { attempt } }), expect: 'absent' }),
        ),
      );
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const winner = outcomes.findIndex(({ status }) => status === 'fulfilled');
      expect(await get('made')).toMatchObject([{ body: { attempt: winner } }]);
    });
  });
}
