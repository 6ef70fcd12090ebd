import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Dragonfly, startDragonfly } from '../../../../testbed/servers/dragonfly.ts';
import { skipped } from '../../../../testbed/skip.ts';
import { faultContract } from '../../resilience/faults-for-tests.ts';
import { document } from '../contract/document.ts';
import { storeContract } from '../contract.ts';
import { StoreFull } from '../store.ts';
import { DragonflyStore } from './dragonfly-store.ts';
import { commitScript } from './scripts.ts';
import { commitCall } from './write-call.ts';

const open = ({ port }: Dragonfly, timeoutMilliseconds = 2000) =>
  new DragonflyStore({ host: '127.0.0.1', port, password: 'secret', timeoutMilliseconds });

describe.skipIf(skipped('dragonfly'))('Dragonfly', () => {
  storeContract(
    'DragonflyStore',
    async () => {
      const server = await startDragonfly({ password: 'secret' });
      const store = open(server);
      const stop = async () => {
        await store.close();
        await server.stop();
      };
      return { store, reopen: async () => open(server), stop };
    },
    { appends: true },
  );

  faultContract(
    'DragonflyStore',
    async () => {
      const server = await startDragonfly({ password: 'secret' });
      return { server, store: open(server, 500) };
    },
    { keeps: true },
  );

  describe('DragonflyStore', () => {
    let server: Dragonfly;
    let store: DragonflyStore;
    const now = Date.now();

    beforeAll(async () => {
      server = await startDragonfly({ password: 'secret', maxMemoryMebibytes: 256 });
      store = open(server, 10_000);
    });
    afterAll(async () => {
      await store?.close();
      await server?.stop();
    });

    test('undoes a commit for which the server has no room in the middle', async () => {
      const before = document({ id: 'one', body: { text: 'before' }, expiresAt: now + 60_000 });
      await store.commit('t', [{ put: before, expect: 'absent' }], now);
      const next = ['one', 'two', 'three'].map((id) => document({ id, version: 2, body: { text: 'after' } }));
      const call = commitCall(
        't',
        next.map((put) => ({ put, expect: 'any' })),
        now,
      );
      const refusing = commitScript.replace(
        "redis.pcall('HSET', write.key,",
        "write.fields[2 * 7] == '{\"text\":\"after\"}' and i == 3 and { err = 'OOM no room' } or redis.pcall('HSET', write.key,",
      );
      expect(refusing).not.toBe(commitScript);
      const redis = new Redis(server.port, '127.0.0.1', { password: 'secret' });
      try {
        const done = redis.eval(refusing, call.keys.length, ...call.keys, ...call.arguments);
        await expect(done).rejects.toThrow('OOM no room');
        expect(await redis.pttl(call.keys[2] as string)).toBeGreaterThan(0);
      } finally {
        redis.disconnect();
      }
      expect(await store.get('t', next, now)).toEqual([before, undefined, undefined]);
      const listed = { kind: 'memory', where: {}, direction: 'ascending', limit: 10 } as const;
      expect(await store.list('t', listed, now)).toEqual([before]);
    });

    test('full: writes are refused as such, what is there is read, and room that is made can be used', async () => {
      const large = (number: number) => document({ id: `large-${number}`, body: { text: 'x'.repeat(4 << 20) } });
      let written = 0;
      const fill = async () => {
        for (; ; written++) await store.commit('full', [{ put: large(written), expect: 'absent' }], now);
      };
      await expect(fill()).rejects.toThrow(StoreFull);
      expect(written).toBeGreaterThan(3);
      for (let number = 0; number < written; number++) {
        expect(await store.get('full', [large(number)], now)).toEqual([large(number)]);
      }
      expect(await store.get('full', [large(written)], now)).toEqual([undefined]);
      await store.commit(
        'full',
        [0, 1, 2].map((number) => ({ remove: large(number), expect: 1 })),
        now,
      );
      await store.commit('full', [{ put: large(written), expect: 'absent' }], now);
    });
  });
});
