import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Candidate, IndexEntry, IndexFilter, IndexRemoval, SearchIndex } from '../stores/search-index.ts';

const HOUR = 3_600_000;

export interface IndexUnderTest {
  /** For vectors of four dimensions. */
  readonly index: SearchIndex;
  stop(): Promise<void>;
}

/** What every search index promises, as tests. Words are such that they are their own stems. */
export function indexContract(name: string, start: () => Promise<IndexUnderTest>): void {
  describe(`${name} keeps the contract of a search index`, () => {
    let under: IndexUnderTest;
    let tenant: string;
    const now = Date.now();

    beforeAll(async () => {
      under = await start();
    });
    beforeEach(() => {
      tenant = `tenant-${randomUUID()}`;
    });
    afterAll(() => under.stop());

    /** Ids are UUIDs, as the service makes them; a test calls them by short names. */
    const ids = new Map<string, string>();
    const idOf = (short: string): string => {
      const known = ids.get(`${tenant} ${short}`);
      if (known !== undefined) return known;
      const made = randomUUID();
      ids.set(`${tenant} ${short}`, made);
      ids.set(made, short);
      return made;
    };
    const entry = (short: string, text: string, given: Partial<IndexEntry> = {}): IndexEntry => ({
      tenant,
      kind: 'memory',
      id: idOf(short),
      tier: 'semantic',
      version: 1,
      namespace: 'default',
      type: 'semantic',
      at: now,
      expiresAt: null,
      text,
      ...given,
    });
    const removal = (short: string, version: number): IndexRemoval => ({
      tenant,
      kind: 'memory',
      id: idOf(short),
      version,
    });
    const names = (found: readonly Candidate[]) => found.map(({ id }) => ids.get(id) ?? id);
    const lexical = (terms: readonly string[], filter: Partial<IndexFilter> = {}, limit = 50, at = now) =>
      under.index.lexical({ tenant, ...filter }, terms, limit, at);
    const nearest = (vector: readonly number[], filter: Partial<IndexFilter> = {}, limit = 50, at = now) =>
      under.index.nearest({ tenant, ...filter }, vector, limit, at);

    /** The same names, in any order; an index that is not immediate gets some time. */
    async function finds(search: () => Promise<readonly Candidate[]>, expected: readonly string[]): Promise<void> {
      const check = async () => expect(names(await search()).sort()).toEqual([...expected].sort());
      if (under.index.immediate) await check();
      else
        await expect.poll(async () => names(await search()).sort(), { timeout: 10_000 }).toEqual([...expected].sort());
    }

    describe('by words', () => {
      test('finds what has any of the words, the best first, each with its score', async () => {
        await under.index.apply(
          [
            entry('both', 'the red fox crossed the river'),
            entry('fox', 'a fox in the wood and much else that is long enough to count as long'),
            entry('other', 'nothing of that kind'),
          ],
          [],
        );
        await finds(() => lexical(['fox', 'river']), ['both', 'fox']);
        const found = await lexical(['fox', 'river']);
        expect(names(found)).toEqual(['both', 'fox']);
        expect(found[0]?.lexical).toBeGreaterThan(found[1]?.lexical ?? Number.POSITIVE_INFINITY);
        expect(found[0]).toMatchObject({ kind: 'memory', tier: 'semantic' });
        expect(names(await lexical(['fox', 'river'], {}, 1))).toEqual(['both']);
      });

      test('finds who said it', async () => {
        await under.index.apply([entry('said', 'about the garden', { speaker: 'Melanie' })], []);
        await finds(() => lexical(['melani']), ['said']);
      });

      test('finds words of any script, and is not confused by signs of its query language', async () => {
        await under.index.apply([entry('mixed', 'naïve 東京 привет')], []);
        await finds(() => lexical(['привет']), ['mixed']);
        for (const term of [
          '"',
          "'",
          '*',
          'fox OR',
          'NEAR(',
          'a:b',
          '(',
          '-',
          '^',
          '\\',
          '%',
          'привет"',
          '{}',
          ';--',
        ]) {
          expect(names(await lexical([term])), term).toEqual([]);
        }
        expect(await lexical([])).toEqual([]);
      });

      test('finds the new words of a changed entry, and the old no more', async () => {
        await under.index.apply([entry('changed', 'the fox')], []);
        await finds(() => lexical(['fox']), ['changed']);
        await under.index.apply([entry('changed', 'the otter', { version: 2 })], []);
        await finds(() => lexical(['otter']), ['changed']);
        await finds(() => lexical(['fox']), []);
      });

      test('answers to many words', async () => {
        await under.index.apply([entry('one', 'fox')], []);
        const terms = Array.from({ length: 60 }, (_, number) => `word${number}`);
        await finds(() => lexical([...terms, 'fox']), ['one']);
      });
    });

    describe('by vector', () => {
      test('finds the nearest by cosine, with their similarity', async () => {
        await under.index.apply(
          [
            entry('same', 'a', { vector: [2, 0, 0, 0] }),
            entry('near', 'b', { vector: [1, 1, 0, 0] }),
            entry('far', 'c', { vector: [-1, 0, 0, 0] }),
            entry('none', 'd'),
          ],
          [],
        );
        await finds(() => nearest([1, 0, 0, 0]), ['same', 'near', 'far']);
        const found = await nearest([1, 0, 0, 0]);
        expect(names(found)).toEqual(['same', 'near', 'far']);
        for (const [place, similarity] of [1, Math.SQRT1_2, -1].entries()) {
          expect(found[place]?.similarity).toBeCloseTo(similarity, 3);
        }
        expect(names(await nearest([1, 0, 0, 0], {}, 1))).toEqual(['same']);
      });

      test('takes a vector that comes after the words, at the same version', async () => {
        await under.index.apply([entry('late', 'fox')], []);
        await finds(() => lexical(['fox']), ['late']);
        await under.index.apply([entry('late', 'fox', { vector: [0, 1, 0, 0] })], []);
        await finds(() => nearest([0, 1, 0, 0]), ['late']);
        await finds(() => lexical(['fox']), ['late']);
      });
    });

    describe('its boundary', () => {
      const vector = [1, 0, 0, 0];
      const cases: readonly (readonly [string, Partial<IndexFilter>, readonly string[]])[] = [
        ['a namespace', { namespaces: ['n1'] }, ['a', 'c']],
        ['several namespaces', { namespaces: ['n1', 'n2'] }, ['a', 'b', 'c']],
        ['an empty list', { namespaces: [] }, []],
        ['a subject', { subjectIds: ['s1'] }, ['a', 'b']],
        ['several subjects', { subjectIds: ['s1', 's2'] }, ['a', 'b', 'c']],
        ['a session', { sessionIds: ['e:1'] }, ['b']],
        ['an agent', { agentIds: ['agent 1'] }, ['c']],
        ['types', { types: ['episodic', 'message'] }, ['a', 'd']],
        ['tiers', { tiers: ['short', 'mid'] }, ['d', 'b']],
        ['a time from, inclusive', { from: now - HOUR }, ['a', 'c', 'd']],
        ['a time to, exclusive', { to: now - HOUR }, ['b']],
        ['a time between', { from: now - 2 * HOUR, to: now - HOUR + 1 }, ['a', 'b']],
        ['all of them', { namespaces: ['n1'], subjectIds: ['s1', 's2'], types: ['semantic'], from: now }, ['c']],
      ];

      test.each(cases)('%s', async (_, filter, expected) => {
        await under.index.apply(
          [
            entry('a', 'fox', { namespace: 'n1', subjectId: 's1', type: 'episodic', at: now - HOUR, vector }),
            entry('b', 'fox', {
              namespace: 'n2',
              subjectId: 's1',
              sessionId: 'e:1',
              tier: 'mid',
              at: now - 2 * HOUR,
              vector,
            }),
            entry('c', 'fox', { namespace: 'n1', subjectId: 's2', agentId: 'agent 1', vector }),
            entry('d', 'fox', { kind: 'message', tier: 'short', type: 'message', namespace: 'n3', vector }),
          ],
          [],
        );
        await finds(() => lexical(['fox']), ['a', 'b', 'c', 'd']);
        await finds(() => lexical(['fox'], filter), expected);
        await finds(() => nearest(vector, filter), expected);
      });

      test('is the tenant, also where names differ by case or delimiter only', async () => {
        const others = [`${tenant}:x`, tenant.toUpperCase(), `${tenant} `];
        const mine = entry('mine', 'fox', { subjectId: 's', vector });
        const theirs = others.map((other, number) =>
          entry(`theirs${number}`, 'fox', { tenant: other, subjectId: 's', vector }),
        );
        await under.index.apply([mine, ...theirs], []);
        await finds(() => lexical(['fox']), ['mine']);
        await finds(() => nearest(vector), ['mine']);
        for (const [number, other] of others.entries()) {
          await finds(() => under.index.lexical({ tenant: other }, ['fox'], 50, now), [`theirs${number}`]);
        }
      });

      test('is the time: what expires is not found from that millisecond on', async () => {
        await under.index.apply(
          [entry('mortal', 'fox', { expiresAt: now + HOUR, vector }), entry('ever', 'fox', { vector })],
          [],
        );
        await finds(() => lexical(['fox'], {}, 50, now + HOUR - 1), ['mortal', 'ever']);
        await finds(() => lexical(['fox'], {}, 50, now + HOUR), ['ever']);
        await finds(() => nearest(vector, {}, 50, now + HOUR - 1), ['mortal', 'ever']);
        await finds(() => nearest(vector, {}, 50, now + HOUR), ['ever']);
      });
    });

    describe('late, early and repeated news', () => {
      test('the same entry twice is found once', async () => {
        await under.index.apply([entry('twice', 'fox')], []);
        await under.index.apply([entry('twice', 'fox')], []);
        await finds(() => lexical(['fox']), ['twice']);
      });

      test('a lower version does not replace a higher one', async () => {
        await under.index.apply([entry('late', 'otter', { version: 3 })], []);
        await under.index.apply([entry('late', 'fox', { version: 2 })], []);
        await finds(() => lexical(['otter']), ['late']);
        await finds(() => lexical(['fox']), []);
      });

      test('a removal wins over the same and any lower version, whenever that comes', async () => {
        const vector = [0, 0, 1, 0];
        await under.index.apply([entry('gone', 'fox', { version: 1, vector })], []);
        await finds(() => lexical(['fox']), ['gone']);
        await under.index.apply([], [removal('gone', 2)]);
        await finds(() => lexical(['fox']), []);
        await under.index.apply([entry('gone', 'fox', { version: 1, vector })], []);
        await under.index.apply([entry('gone', 'fox', { version: 2, vector })], []);
        await under.index.apply([entry('proof', 'fox', { vector })], []);
        await finds(() => lexical(['fox']), ['proof']);
        await finds(() => nearest(vector), ['proof']);
      });

      test('a removal of what never came wins too', async () => {
        await under.index.apply([], [removal('early', 5)]);
        await under.index.apply([entry('early', 'fox', { version: 4 }), entry('proof', 'fox')], []);
        await finds(() => lexical(['fox']), ['proof']);
      });

      test('a removal of a lower version does nothing, and a higher version comes back', async () => {
        await under.index.apply([entry('kept', 'fox', { version: 3 })], []);
        await under.index.apply([], [removal('kept', 2)]);
        await finds(() => lexical(['fox']), ['kept']);
        await under.index.apply([], [removal('kept', 3)]);
        await finds(() => lexical(['fox']), []);
        await under.index.apply([entry('kept', 'fox', { version: 4 })], []);
        await finds(() => lexical(['fox']), ['kept']);
      });

      test('an entry and its removal in one call: the removal wins', async () => {
        await under.index.apply([entry('both', 'fox'), entry('proof', 'fox')], [removal('both', 1)]);
        await finds(() => lexical(['fox']), ['proof']);
      });

      test('kinds of the same id are apart', async () => {
        await under.index.apply([entry('same', 'fox'), entry('same', 'otter', { kind: 'message', tier: 'short' })], []);
        await finds(() => lexical(['otter']), ['same']);
        await under.index.apply([], [removal('same', 1)]);
        await finds(() => lexical(['fox']), []);
        await finds(() => lexical(['otter']), ['same']);
      });
    });

    test('takes a thousand entries at once', async () => {
      const many = Array.from({ length: 1000 }, (_, number) => entry(`m${number}`, `common word${number}`));
      await under.index.apply(many, []);
      await finds(() => lexical(['word999']), ['m999']);
      expect(await lexical(['common'], {}, 200)).toHaveLength(200);
    });

    test('tells how common words are, where it can', async () => {
      const many = Array.from({ length: 30 }, (_, number) =>
        entry(`m${number}`, number % 3 === 0 ? 'fox river' : 'river', { subjectId: number < 15 ? 's1' : 's2' }),
      );
      await under.index.apply([...many, entry('foreign', 'fox', { tenant: `${tenant}x` })], []);
      await finds(() => lexical(['fox']), names(many.filter((_, number) => number % 3 === 0)));
      const all = await under.index.statistics({ tenant }, ['fox', 'river', 'absent']);
      if (all === undefined) return;
      expect(all.documents).toBe(30);
      expect(all.averageLength).toBeCloseTo(40 / 30, 5);
      expect([...all.frequency]).toEqual([
        ['fox', 10],
        ['river', 30],
        ['absent', 0],
      ]);
      const subject = await under.index.statistics({ tenant, subjectIds: ['s1'] }, ['fox']);
      expect(subject).toMatchObject({ documents: 15, frequency: new Map([['fox', 5]]) });
    });

    test('forgets a subject, and nobody else', async () => {
      const vector = [0, 1, 0, 0];
      await under.index.apply(
        [
          entry('a', 'fox', { subjectId: 'ann', vector }),
          entry('b', 'fox', { subjectId: 'ann', kind: 'message', tier: 'short' }),
          entry('c', 'fox', { subjectId: 'anna', vector }),
          entry('d', 'fox'),
          entry('e', 'fox', { tenant: `${tenant}x`, subjectId: 'ann' }),
        ],
        [],
      );
      await finds(() => lexical(['fox']), ['a', 'b', 'c', 'd']);
      expect(await under.index.forget(tenant, 'ann')).toBe(2);
      await finds(() => lexical(['fox']), ['c', 'd']);
      await finds(() => nearest(vector), ['c']);
      await finds(() => under.index.lexical({ tenant: `${tenant}x` }, ['fox'], 50, now), ['e']);
      expect(await under.index.forget(tenant, 'ann')).toBe(0);
    });

    test('says that it can be used', async () => {
      await expect(under.index.check()).resolves.toBeUndefined();
    });
  });
}
