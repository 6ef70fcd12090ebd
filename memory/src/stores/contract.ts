import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { appendContract } from './contract/append.ts';
import { commitContract } from './contract/commit.ts';
import { type Contract, document } from './contract/document.ts';
import { expiryContract } from './contract/expiry.ts';
import { listContract } from './contract/list.ts';
import { outboxContract } from './contract/outbox.ts';
import type { DocumentStore } from './store.ts';

/** A store with a database of its own, and how to end both. */
export interface StoreUnderTest {
  readonly store: DocumentStore;
  /** Another store over the same data, as after a restart of the service; absent where data does not outlive the store. */
  reopen?(): Promise<DocumentStore>;
  stop(): Promise<void>;
}

/**
 * What every store promises, as tests. Documents live for hours by the machine's clock, so that a database's own reaper takes
 * none away meanwhile; what expires does so by the `now` that the test passes.
 */
export function storeContract(
  name: string,
  start: () => Promise<StoreUnderTest>,
  { appends }: { /** Whether the store keeps sequences. */ readonly appends: boolean },
): void {
  describe(`${name} keeps the contract of a document store`, () => {
    let under: StoreUnderTest;
    const contract: Contract = {
      get store() {
        return under.store;
      },
      now: Date.now(),
      tenant: '',
    };

    beforeAll(async () => {
      under = await start();
    });
    beforeEach(() => {
      contract.tenant = `tenant-${randomUUID()}`;
    });
    afterAll(() => under.stop());

    commitContract(contract);
    expiryContract(contract);
    listContract(contract);
    if (appends) appendContract(contract);
    outboxContract(contract);

    test('says that it can be used', async () => {
      await expect(contract.store.check()).resolves.toBeUndefined();
    });

    test('keeps what it acknowledged for the next start', async () => {
      const { store, tenant, now } = contract;
      const kept = document({ id: 'kept', body: { text: 'still here' } });
      await store.commit(tenant, [{ put: kept, expect: 'absent' }], now);
      if (under.reopen === undefined) return expect(await store.get(tenant, [kept], now)).toEqual([kept]);
      const again = await under.reopen();
      try {
        expect(await again.get(tenant, [kept], now)).toEqual([kept]);
      } finally {
        await again.close();
      }
    });
  });
}
