import { describe, expect, test } from 'vitest';
import { type Firestore, startFirestore } from '../../../../testbed/servers/firestore.ts';
import { skipped } from '../../../../testbed/skip.ts';
import { faultContract } from '../../resilience/faults-for-tests.ts';
import { storeContract } from '../contract.ts';
import indexes from './firestore.indexes.json' with { type: 'json' };
import { collectionName, FirestoreStore } from './firestore-store.ts';

// No Google Cloud here whose metadata server could be asked.
process.env.METADATA_SERVER_DETECTION = 'none';

const open = ({ projectId, host }: Firestore) => new FirestoreStore({ project: projectId, emulatorHost: host });

describe.skipIf(skipped('firestore-emulator'))('Firestore', () => {
  storeContract(
    'FirestoreStore',
    async () => {
      const server = await startFirestore();
      const store = open(server);
      const stop = async () => {
        await store.close();
        await server.stop();
      };
      return { store, reopen: async () => open(server), stop };
    },
    { appends: false },
  );

  faultContract(
    'FirestoreStore',
    async () => {
      const server = await startFirestore();
      return { server, store: open(server) };
    },
    // The emulator holds its data in memory.
    { keeps: false },
  );
});

test('the indexes are those of the collection', () => {
  const groups = [...indexes.indexes, ...indexes.fieldOverrides].map(({ collectionGroup }) => collectionGroup);
  expect(new Set(groups)).toEqual(new Set([collectionName]));
});
