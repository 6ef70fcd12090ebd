import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Durable } from '../../../testbed/process/durable.ts';
import { type Document, type DocumentStore, StoreUnavailable } from '../stores/store.ts';
import { GuardedStore } from './guarded.ts';

export interface StoreWithFaults {
  readonly store: DocumentStore;
  readonly server: Durable;
}

const POLL = { timeout: 120_000, interval: 50 };

/** What a guarded store promises while its server dies, hangs and comes back, as tests. */
export function faultContract(
  name: string,
  start: () => Promise<StoreWithFaults>,
  { keeps }: { /** Whether the server has what it acknowledged after it was killed. */ readonly keeps: boolean },
): void {
  describe(`${name} when its server fails`, () => {
    let server: Durable;
    let store: GuardedStore;

    beforeAll(async () => {
      const started = await start();
      server = started.server;
      store = new GuardedStore(started.store, { timeoutMilliseconds: 1500, failures: 3, pauseMilliseconds: 200 });
      await vi.waitUntil(answers, POLL);
    });
    afterAll(async () => {
      await store?.close();
      await server?.stop();
    });

    const now = Date.now();
    const pair = (number: number): readonly Document[] =>
      ['a', 'b'].map((half) => ({
        kind: 'memory',
        id: `${number}${half}`,
        version: 1,
        attributes: { namespace: 'n' },
        order: number,
        expiresAt: null,
        pending: false,
        body: { text: `${number}` },
      }));
    const answers = () =>
      store.check().then(
        () => true,
        () => false,
      );
    const circuit = () => store.guard.state.circuit;

    /** Writes pairs until a call fails. @returns how many were acknowledged, and the error of the one that was not */
    async function writeUntilFailure(tenant: string, onWritten: (count: number) => void) {
      for (let written = 0; ; written++) {
        const writes = pair(written).map((put) => ({ put, expect: 'absent' as const }));
        const error = await store.commit(tenant, writes, now).then(
          () => undefined,
          (reason: unknown) => reason,
        );
        if (error !== undefined) return { written, error };
        onWritten(written + 1);
      }
    }

    /** Every acknowledged pair is there, and of the one that was not acknowledged both halves or none. */
    async function expectKept(tenant: string, written: number): Promise<void> {
      for (let number = 0; number < written; number++) {
        expect(await store.get(tenant, pair(number), now)).toEqual(pair(number));
      }
      const last = await store.get(tenant, pair(written), now);
      expect([0, 2]).toContain(last.filter((one) => one !== undefined).length);
    }

    async function untilOpen(): Promise<void> {
      await expect
        .poll(async () => {
          await expect(store.get('any', [{ kind: 'memory', id: 'x' }], now)).rejects.toThrow(StoreUnavailable);
          return circuit();
        }, POLL)
        .toBe('open');
    }

    async function untilBack(): Promise<void> {
      await expect.poll(answers, POLL).toBe(true);
      expect(circuit()).toBe('closed');
    }

    test('killed while it is written to: the circuit opens, and closes when it is back, and nothing acknowledged is gone', async () => {
      const tenant = `killed-${randomUUID()}`;
      const killed = Promise.withResolvers<void>();
      const writing = writeUntilFailure(tenant, (count) => {
        if (count === 20) server.kill().then(killed.resolve, killed.reject);
      });
      const { written, error } = await writing;
      expect(error).toBeInstanceOf(StoreUnavailable);
      expect(written).toBeGreaterThanOrEqual(20);
      await killed.promise;
      await untilOpen();
      await server.restart();
      await untilBack();
      if (keeps) await expectKept(tenant, written);
      else expect(await store.get(tenant, pair(0), now)).toEqual([undefined, undefined]);
    });

    test('hung while it is written to: calls end, and nothing acknowledged is gone when it goes on', async () => {
      const tenant = `hung-${randomUUID()}`;
      const { written, error } = await writeUntilFailure(tenant, (count) => {
        if (count === 20) server.pause();
      });
      expect(error).toBeInstanceOf(StoreUnavailable);
      await untilOpen();
      server.resume();
      await untilBack();
      await expectKept(tenant, written);
    });
  });
}
