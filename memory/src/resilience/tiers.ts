import type { MemoryConfig } from '../config.ts';
import { WeaviateIndex, type WeaviateOptions } from '../index/weaviate/weaviate-index.ts';
import { DragonflyStore } from '../stores/dragonfly/dragonfly-store.ts';
import { FirestoreStore } from '../stores/firestore/firestore-store.ts';
import { MongoDbStore } from '../stores/mongodb/mongodb-store.ts';
import { GuardedIndex, GuardedStore } from './guarded.ts';

/** The four databases of MEMORY_STORE=tiers, each behind a guard of its own. Connecting begins with the first call. */
export interface Tiers {
  readonly short: GuardedStore;
  readonly mid: GuardedStore;
  readonly long: GuardedStore;
  readonly index: GuardedIndex;
}

/** A call is a few commands or requests at most, each of which the driver ends in time. */
const inAll = (timeoutMilliseconds: number) => ({ timeoutMilliseconds: 2 * timeoutMilliseconds });

export function openTiers(config: MemoryConfig, { stems, now }: Pick<WeaviateOptions, 'stems' | 'now'>): Tiers {
  return {
    short: new GuardedStore(openDragonfly(config), inAll(config.DRAGONFLY_TIMEOUT_MS)),
    mid: new GuardedStore(openMongoDb(config), inAll(config.MONGODB_TIMEOUT_MS)),
    // Its driver ends nothing in time.
    long: new GuardedStore(openFirestore(config), { timeoutMilliseconds: config.FIRESTORE_TIMEOUT_MS }),
    index: new GuardedIndex(openWeaviate(config, { stems, now }), inAll(config.WEAVIATE_TIMEOUT_MS)),
  };
}

function openDragonfly(config: MemoryConfig): DragonflyStore {
  return new DragonflyStore({
    host: stated(config, 'DRAGONFLY_HOST'),
    port: config.DRAGONFLY_PORT,
    password: stated(config, 'DRAGONFLY_PASSWORD'),
    database: config.DRAGONFLY_DATABASE,
    timeoutMilliseconds: config.DRAGONFLY_TIMEOUT_MS,
  });
}

function openMongoDb(config: MemoryConfig): MongoDbStore {
  return new MongoDbStore({
    hosts: stated(config, 'MONGODB_HOSTS'),
    ...(config.MONGODB_REPLICA_SET !== undefined && { replicaSet: config.MONGODB_REPLICA_SET }),
    database: config.MONGODB_DATABASE,
    user: stated(config, 'MONGODB_USER'),
    password: stated(config, 'MONGODB_PASSWORD'),
    authSource: config.MONGODB_AUTH_SOURCE,
    timeoutMilliseconds: config.MONGODB_TIMEOUT_MS,
  });
}

function openFirestore(config: MemoryConfig): FirestoreStore {
  const { FIRESTORE_DATABASE: database, FIRESTORE_EMULATOR_HOST: emulatorHost } = config;
  return new FirestoreStore({
    project: stated(config, 'FIRESTORE_PROJECT'),
    database,
    ...(emulatorHost !== undefined && { emulatorHost }),
  });
}

/** For vectors of the configured embedder. */
export function openWeaviate(config: MemoryConfig, { stems, now }: Pick<WeaviateOptions, 'stems' | 'now'>) {
  const { WEAVIATE_GRPC_HOST: grpcHost, MEMORY_EMBEDDER_MODEL: model, MEMORY_EMBEDDER_DIMENSIONS: dimensions } = config;
  return new WeaviateIndex({
    httpHost: stated(config, 'WEAVIATE_HTTP_HOST'),
    httpPort: config.WEAVIATE_HTTP_PORT,
    ...(grpcHost !== undefined && { grpcHost }),
    grpcPort: config.WEAVIATE_GRPC_PORT,
    apiKey: stated(config, 'WEAVIATE_API_KEY'),
    collection: config.WEAVIATE_COLLECTION,
    ...(model !== undefined && dimensions !== undefined && { vectors: { model, dimensions } }),
    stems,
    now,
    timeoutMilliseconds: config.WEAVIATE_TIMEOUT_MS,
  });
}

/** The configuration requires these where MEMORY_STORE=tiers. */
function stated<Name extends keyof MemoryConfig>(config: MemoryConfig, name: Name): NonNullable<MemoryConfig[Name]> {
  const value = config[name];
  if (value === undefined || value === null) throw new TypeError(`${name} is not set: MEMORY_STORE is not tiers`);
  return value;
}
