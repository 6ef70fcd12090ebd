import { describe, expect, test } from 'vitest';
import { VersionConflict } from '../store.ts';
import { type Contract, document, HOUR } from './document.ts';

export function expiryContract(contract: Contract): void {
  describe('expiry', () => {
    const all = { kind: 'memory', where: {}, direction: 'ascending', limit: 10 } as const;

    test('is exact to the millisecond for get and list, whatever the database has reaped', async () => {
      const { store, tenant, now } = contract;
      const at = now + HOUR;
      const mortal = document({ id: 'mortal', expiresAt: at });
      const immortal = document({ id: 'immortal', expiresAt: null });
      await store.commit(
        tenant,
        [
          { put: mortal, expect: 'absent' },
          { put: immortal, expect: 'absent' },
        ],
        now,
      );
      for (const [moment, lives] of [
        [now, true],
        [at - 1, true],
        [at, false],
        [at + 1, false],
        [now, true],
      ] as const) {
        expect(await store.get(tenant, [mortal, immortal], moment)).toEqual([lives ? mortal : undefined, immortal]);
        expect(await store.list(tenant, all, moment)).toEqual(lives ? [immortal, mortal] : [immortal]);
      }
    });

    test('lets an expired document be made again, and no version of it be expected', async () => {
      const { store, tenant, now } = contract;
      const at = now + HOUR;
      const first = document({ id: 'again', version: 4, expiresAt: at, attributes: { subjectId: 'first' } });
      await store.commit(tenant, [{ put: first, expect: 'absent' }], now);
      for (const write of [
        { put: { ...first, version: 5 }, expect: 4 },
        { remove: first, expect: 4 },
      ]) {
        const told = await store.commit(tenant, [write], at).catch((error: unknown) => error);
        expect(told).toBeInstanceOf(VersionConflict);
        expect(told).toMatchObject({ key: { kind: 'memory', id: 'again' }, found: undefined });
      }
      const second = document({ id: 'again', version: 1, expiresAt: at + HOUR, attributes: { subjectId: 'second' } });
      await store.commit(tenant, [{ put: second, expect: 'absent' }], at);
      expect(await store.get(tenant, [second], at)).toEqual([second]);
      expect(await store.list(tenant, all, at)).toEqual([second]);
      expect(await store.list(tenant, { ...all, where: { subjectId: 'first' } }, at)).toEqual([]);
    });

    test('moves with each put, later, earlier or away', async () => {
      const { store, tenant, now } = contract;
      const lives = (version: number, expiresAt: number | null) => document({ id: 'moving', version, expiresAt });
      await store.commit(tenant, [{ put: lives(1, now + HOUR), expect: 'absent' }], now);
      await store.commit(tenant, [{ put: lives(2, now + 3 * HOUR), expect: 1 }], now);
      expect(await store.get(tenant, [lives(1, 0)], now + 2 * HOUR)).toEqual([lives(2, now + 3 * HOUR)]);
      await store.commit(tenant, [{ put: lives(3, now + 2 * HOUR), expect: 2 }], now);
      expect(await store.get(tenant, [lives(1, 0)], now + 2 * HOUR)).toEqual([undefined]);
      await store.commit(tenant, [{ put: lives(4, null), expect: 3 }], now);
      expect(await store.get(tenant, [lives(1, 0)], now + 1000 * HOUR)).toEqual([lives(4, null)]);
    });

    test('of some does not shorten a page of the others', async () => {
      const { store, tenant, now } = contract;
      const mixed = Array.from({ length: 40 }, (_, order) =>
        document({ id: `mixed-${order}`, order, expiresAt: order % 2 === 0 ? now + HOUR : null }),
      );
      await store.commit(
        tenant,
        mixed.map((put) => ({ put, expect: 'absent' as const })),
        now,
      );
      const living = mixed.filter(({ expiresAt }) => expiresAt === null);
      expect(await store.list(tenant, { ...all, limit: 12 }, now + HOUR)).toEqual(living.slice(0, 12));
      expect(await store.list(tenant, { ...all, limit: 30 }, now + HOUR)).toEqual(living);
    });

    test('gives the space back where the store has to do it itself: the expired only, and no more than asked', async () => {
      const { store, tenant, now } = contract;
      const mortal = Array.from({ length: 5 }, (_, order) =>
        document({ id: `reaped-${order}`, order, expiresAt: now + HOUR }),
      );
      const alive = document({ id: 'alive', expiresAt: now + HOUR + 1 });
      await store.commit(
        tenant,
        [...mortal, alive].map((put) => ({ put, expect: 'absent' as const })),
        now,
      );
      if (store.reap !== undefined) {
        expect(await store.reap(now, 1000)).toBe(0);
        let reaped = 0;
        for (let some = 1; some > 0; reaped += some) {
          some = await store.reap(now + HOUR, 2);
          expect(some).toBeLessThanOrEqual(2);
        }
        expect(reaped).toBeGreaterThanOrEqual(mortal.length);
        expect(await store.list(tenant, all, now)).toEqual([alive]);
      }
      expect(await store.list(tenant, all, now + HOUR)).toEqual([alive]);
    });
  });
}
