import { describe } from 'vitest';
import { startDragonfly } from '../../testbed/servers/dragonfly.ts';
import { startFirestore } from '../../testbed/servers/firestore.ts';
import { startMongoDb } from '../../testbed/servers/mongodb/mongodb.ts';
import { startWeaviate } from '../../testbed/servers/weaviate.ts';
import { skipped } from '../../testbed/skip.ts';
import { WeaviateIndex } from '../src/index/weaviate/weaviate-index.ts';
import { Relay } from '../src/relay/relay.ts';
import { GuardedIndex, GuardedStore } from '../src/resilience/guarded.ts';
import { indexedStems } from '../src/search/analysis/analyse.ts';
import { createService } from '../src/service/service.ts';
import { DragonflyStore } from '../src/stores/dragonfly/dragonfly-store.ts';
import { FirestoreStore } from '../src/stores/firestore/firestore-store.ts';
import { MongoDbStore } from '../src/stores/mongodb/mongodb-store.ts';
import { apiContract } from './contract.ts';
import { serve, standingClock } from './serve.ts';
import type { Subject } from './subject.ts';

// No Google Cloud here whose metadata server could be asked.
process.env.METADATA_SERVER_DETECTION = 'none';

const HOUR = 3_600_000;
const patient = { timeoutMilliseconds: 20_000 };

async function start(): Promise<Subject> {
  const [dragonfly, mongodb, firestore, weaviate] = await Promise.all([
    startDragonfly(),
    startMongoDb(),
    startFirestore(),
    startWeaviate({ apiKey: 'key' }),
  ]);
  // Ahead of the databases', so that what lives by this clock lives by theirs.
  const clock = standingClock(Date.now() + HOUR);
  const mongo = new URL(mongodb.url);
  const short = new DragonflyStore({ host: '127.0.0.1', port: dragonfly.port, timeoutMilliseconds: 10_000 });
  const mid = new MongoDbStore({
    hosts: [{ host: mongo.hostname, port: Number(mongo.port) }],
    database: 'memory',
    timeoutMilliseconds: 10_000,
  });
  const long = new FirestoreStore({ project: firestore.projectId, emulatorHost: firestore.host });
  const weaviateIndex = new WeaviateIndex({
    httpHost: '127.0.0.1',
    httpPort: weaviate.port,
    grpcPort: weaviate.grpcPort,
    apiKey: 'key',
    collection: 'Memory',
    stems: (entry) => indexedStems({ id: '', ...entry }),
    now: clock.now,
    timeoutMilliseconds: 10_000,
  });
  const stores = {
    short: new GuardedStore(short, patient),
    mid: new GuardedStore(mid, patient),
    long: new GuardedStore(long, patient),
  };
  const index = new GuardedIndex(weaviateIndex, patient);
  const tiers = ['short', 'mid', 'long'] as const;
  const relay = new Relay({ stores: tiers.map((tier) => ({ tier, store: stores[tier] })), index, clock });
  relay.start();
  const service = createService({
    stores,
    index,
    relay,
    clock,
    defaults: {
      ttlMilliseconds: { short: HOUR, mid: 24 * HOUR, long: 30 * 24 * HOUR },
      quarantine: 'hold',
      quota: { records: 1_000_000, bytes: 1024 ** 3 },
    },
    signingKey: 'a key that signs in tests, 32 bytes',
  });
  const settled = async () => {
    do await relay.sweep();
    while (relay.stats.backlog > 0);
  };
  const close = async () => {
    await service.close();
    await relay.stop();
    await Promise.all([...Object.values(stores), index].map((database) => database.close()));
    await Promise.all([dragonfly, mongodb, firestore, weaviate].map((server) => server.stop()));
  };
  return serve({ service, clock, settled, close });
}

describe.skipIf(skipped('dragonfly', 'mongo-java-server', 'firestore-emulator', 'weaviate'))('four databases', () => {
  apiContract('the API on Dragonfly, MongoDB, Firestore and Weaviate', start, { runs: 3 });
});
