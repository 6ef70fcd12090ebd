import { describe, expect, test } from 'vitest';
import { type Append, type Document, VersionConflict } from '../store.ts';
import { type Contract, document, HOUR } from './document.ts';

/** For the stores that keep sequences: that of the short tier and the embedded one. */
export function appendContract(contract: Contract): void {
  const parent = { kind: 'session', id: 'parent' } as const;

  async function begin(): Promise<Document> {
    const made = document({
      ...parent,
      order: contract.now,
      expiresAt: contract.now + HOUR,
      attributes: { namespace: 'n' },
      body: { lastSequence: 0, title: 'kept "as it is"' },
    });
    await contract.store.commit(contract.tenant, [{ put: made, expect: 'absent' }], contract.now);
    return made;
  }

  function append(given: Partial<Append> & Pick<Append, 'documents'>, now = contract.now) {
    if (contract.store.append === undefined) throw new Error(`${contract.store.name} has no append`);
    return contract.store.append(contract.tenant, { parent, expiresAt: now + HOUR, also: [], ...given }, now);
  }

  const message = (id: string, expiresAt: number | null = contract.now + 2 * HOUR) => ({
    kind: 'message' as const,
    id,
    attributes: { sessionId: parent.id, namespace: 'n' },
    expiresAt,
    pending: true,
    body: { text: `text of ${id}`, at: contract.now },
  });

  const messages = (now = contract.now) =>
    contract.store.list(
      contract.tenant,
      { kind: 'message', where: { sessionId: parent.id }, direction: 'ascending', limit: 1000 },
      now,
    );
  const session = async (now = contract.now) => (await contract.store.get(contract.tenant, [parent], now))[0];
  const conflict = async (written: Promise<unknown>) => {
    const error = await written.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(VersionConflict);
    return error as VersionConflict;
  };

  describe('an append', () => {
    test('gives numbers from one, also in the bodies, and counts the parent up', async () => {
      const made = await begin();
      expect(await append({ documents: [message('a'), message('b')] })).toEqual({ first: 1, version: 2 });
      expect(await append({ documents: [message('c')] })).toEqual({ first: 3, version: 3 });
      expect(await messages()).toEqual(
        ['a', 'b', 'c'].map((id, index) => ({
          ...message(id),
          version: 1,
          order: index + 1,
          body: { ...message(id).body, sequence: index + 1 },
        })),
      );
      expect(await session()).toEqual({ ...made, version: 3, body: { ...made.body, lastSequence: 3 } });
    });

    test('moves the expiry of the parent, and gives each document its own', async () => {
      await begin();
      const later = contract.now + HOUR - 1;
      await append({ documents: [message('a', contract.now + 2 * HOUR), message('b', null)] }, later);
      expect(await session(later + HOUR - 1)).toMatchObject({ id: 'parent', expiresAt: later + HOUR });
      expect(await session(later + HOUR)).toBeUndefined();
      expect((await messages(contract.now + 2 * HOUR)).map(({ id }) => id)).toEqual(['b']);
    });

    test('by many at once leaves no gap, doubles no number and loses nothing', async () => {
      await begin();
      const sizes = Array.from({ length: 60 }, (_, number) => 1 + (number % 3));
      const answers = await Promise.all(
        sizes.map((size, number) =>
          append({ documents: Array.from({ length: size }, (_, at) => message(`${number}.${at}`)) }),
        ),
      );
      const total = sizes.reduce((sum, size) => sum + size, 0);
      const written = await messages();
      expect(written.map(({ order }) => order)).toEqual(Array.from({ length: total }, (_, index) => index + 1));
      expect(written.map(({ body }) => body.sequence)).toEqual(written.map(({ order }) => order));
      for (const [number, { first }] of answers.entries()) {
        const mine = written.filter(({ id }) => id.startsWith(`${number}.`));
        expect(mine.map(({ id, order }) => [id, order])).toEqual(mine.map((_, at) => [`${number}.${at}`, first + at]));
        expect(mine).toHaveLength(sizes[number] ?? 0);
      }
      expect(new Set(answers.map(({ version }) => version)).size).toBe(60);
      expect(await session()).toMatchObject({ version: 61, body: { lastSequence: total } });
    });

    test('is refused where the parent is not, or not any more', async () => {
      expect(await conflict(append({ documents: [message('a')] }))).toMatchObject({ key: parent, found: undefined });
      await begin();
      const told = await conflict(append({ documents: [message('a')] }, contract.now + HOUR));
      expect(told).toMatchObject({ key: parent, found: undefined });
      expect(await messages()).toEqual([]);
    });

    test('of a taken id writes nothing, and says which', async () => {
      await begin();
      await append({ documents: [message('a')] });
      const told = await conflict(append({ documents: [message('b'), message('a')] }));
      expect(told).toMatchObject({ key: { kind: 'message', id: 'a' }, found: 1 });
      expect((await messages()).map(({ id }) => id)).toEqual(['a']);
      expect(await session()).toMatchObject({ version: 2, body: { lastSequence: 1 } });
    });

    test('writes what goes with it in the same step, or nothing', async () => {
      await begin();
      const receipt = document({ kind: 'idempotency', id: 'key', body: { ids: ['a'] } });
      await append({ documents: [message('a')], also: [{ put: receipt, expect: 'absent' }] });
      expect(await contract.store.get(contract.tenant, [receipt], contract.now)).toEqual([receipt]);
      const told = await conflict(append({ documents: [message('b')], also: [{ put: receipt, expect: 'absent' }] }));
      expect(told).toMatchObject({ key: { kind: 'idempotency', id: 'key' }, found: 1 });
      expect((await messages()).map(({ id }) => id)).toEqual(['a']);
      expect(await session()).toMatchObject({ version: 2, body: { lastSequence: 1 } });
    });

    test('with the same receipt by many at once is done by one of them', async () => {
      await begin();
      const outcomes = await Promise.allSettled(
        Array.from({ length: 12 }, (_, attempt) =>
          append({
            documents: [message(`m${attempt}`)],
            also: [{ put: document({ kind: 'idempotency', id: 'once' }), expect: 'absent' }],
          }),
        ),
      );
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await messages()).toHaveLength(1);
    });

    test('goes on in the same sequence after a document was removed', async () => {
      await begin();
      await append({ documents: [message('a'), message('b')] });
      const gone = { kind: 'message', id: 'b' } as const;
      await contract.store.commit(contract.tenant, [{ remove: gone, expect: 1 }], contract.now);
      expect(await append({ documents: [message('c')] })).toMatchObject({ first: 3 });
      expect((await messages()).map(({ order }) => order)).toEqual([1, 3]);
    });
  });
}
