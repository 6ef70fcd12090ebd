/** The four stores of the test bed, and the memory service on them as a process. */
import { freePort } from '../../testbed/process/port.ts';
import { startFirestore } from '../../testbed/servers/firestore.ts';
import { startMongoDb } from '../../testbed/servers/mongodb/mongodb.ts';
import { startRedis } from '../../testbed/servers/redis.ts';
import { startWeaviate } from '../../testbed/servers/weaviate.ts';
import { type Child, startChild } from './child.ts';
import type { Target } from './load.ts';

export interface Stores {
  /** As the processes of `process/` read them. */
  readonly environment: Readonly<Record<string, string>>;
  readonly programs: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Redis keeps nothing on disk here, as Dragonfly does not wait for it either. */
export async function startStores(): Promise<Stores> {
  const password = 'secret';
  const [redis, mongodb, firestore, weaviate] = await Promise.all([
    startRedis({ password }),
    startMongoDb(),
    startFirestore(),
    startWeaviate({ apiKey: 'key' }),
  ]);
  return {
    environment: {
      REDIS_PORT: String(redis.port),
      REDIS_PASSWORD: password,
      MONGODB_PORT: new URL(mongodb.url).port,
      FIRESTORE_HOST: firestore.host,
      FIRESTORE_PROJECT: firestore.projectId,
      WEAVIATE_PORT: String(weaviate.port),
      WEAVIATE_GRPC_PORT: String(weaviate.grpcPort),
    },
    programs: { redis: 'redis-server', mongodb: mongodb.program, firestore: 'emulator' },
    async stop() {
      await Promise.all([redis, mongodb, firestore, weaviate].map((server) => server.stop()));
    },
  };
}

export async function startOnStores({
  environment,
}: Stores): Promise<{ readonly child: Child; readonly target: Target }> {
  const [port, metrics] = [await freePort(), await freePort()];
  const child = await startChild('tiers.ts', { ...environment, PORT: String(port), METRICS_PORT: String(metrics) });
  return { child, target: { url: `http://127.0.0.1:${port}`, token: String(child.told.token) } };
}
