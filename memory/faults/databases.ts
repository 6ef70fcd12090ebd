import { Redis } from 'ioredis';
import { startProxy, type TcpProxy } from '../../testbed/process/proxy.ts';
import { type Dragonfly, startDragonfly } from '../../testbed/servers/dragonfly.ts';
import { startEmbeddings } from '../../testbed/servers/embeddings/embeddings.ts';
import { type Firestore, startFirestore } from '../../testbed/servers/firestore.ts';
import { startLogin } from '../../testbed/servers/mongodb/login.ts';
import { startMongoDb } from '../../testbed/servers/mongodb/mongodb.ts';
import { startWeaviate, type Weaviate } from '../../testbed/servers/weaviate.ts';
import type { Tier } from '../src/stores/store.ts';

/** A database that a test can break, and what of the service rests on it. */
export interface Database {
  readonly name: string;
  /** Parts that /health/ready then tells of. */
  readonly parts: readonly string[];
  /** Tiers that cannot be written without it. */
  readonly tiers: readonly Tier[];
  /** Ends its process without a warning; connections are refused from then on. What it had acknowledged stays. */
  kill(): Promise<void>;
  /** As an upgrade does: it may write what it wants before it ends. */
  shutDown(): Promise<void>;
  /** Starts it after `kill` or `shutDown`, at the same address. */
  restart(): Promise<void>;
  /** It accepts connections and says nothing. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Its answers come later by so many milliseconds. */
  slow(milliseconds: number): void;
  /** It has no room for anything more; absent where the server of the test bed cannot be made full. */
  fill?(): Promise<void>;
  /** There is room again. */
  clear?(): Promise<void>;
}

export interface Databases {
  readonly short: Database;
  readonly mid: Database;
  readonly long: Database;
  readonly index: Database;
  /** Of the service. */
  readonly settings: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const PASSWORD = 'a password of the test bed';
/** Of every call of a database, in milliseconds. */
export const TIMEOUT = 1000;

/** @param embedder whether entries of the index have vectors. Default: words alone */
export async function startDatabases({ embedder = false } = {}): Promise<Databases> {
  const [dragonfly, mongodb, firestore, weaviate, embeddings] = await Promise.all([
    startDragonfly({ password: PASSWORD, maxMemoryMebibytes: 256 }),
    startMongoDb(),
    startFirestore({ projectId: 'memory-faults' }),
    startWeaviate({ apiKey: PASSWORD }),
    embedder ? startEmbeddings() : undefined,
  ]);
  const login = await startLogin(Number(new URL(mongodb.url).port), { user: 'memory', password: PASSWORD });
  const ports = [dragonfly.port, login.port, Number(firestore.host.split(':')[1]), weaviate.port, weaviate.grpcPort];
  const proxies = await Promise.all(ports.map((port) => startProxy(port)));
  const [redisWay, mongoWay, firestoreWay, httpWay, grpcWay] = proxies as [
    TcpProxy,
    TcpProxy,
    TcpProxy,
    TcpProxy,
    TcpProxy,
  ];
  const settings = {
    MEMORY_STORE: 'tiers',
    DRAGONFLY_HOST: '127.0.0.1',
    DRAGONFLY_PORT: String(redisWay.port),
    DRAGONFLY_PASSWORD: PASSWORD,
    DRAGONFLY_TIMEOUT_MS: String(TIMEOUT),
    MONGODB_HOSTS: `127.0.0.1:${mongoWay.port}`,
    MONGODB_USER: 'memory',
    MONGODB_PASSWORD: PASSWORD,
    MONGODB_TIMEOUT_MS: String(TIMEOUT),
    FIRESTORE_PROJECT: firestore.projectId,
    FIRESTORE_EMULATOR_HOST: `127.0.0.1:${firestoreWay.port}`,
    FIRESTORE_TIMEOUT_MS: String(2 * TIMEOUT),
    WEAVIATE_HTTP_HOST: '127.0.0.1',
    WEAVIATE_HTTP_PORT: String(httpWay.port),
    WEAVIATE_GRPC_PORT: String(grpcWay.port),
    WEAVIATE_API_KEY: PASSWORD,
    WEAVIATE_TIMEOUT_MS: String(TIMEOUT),
    ...(embeddings && {
      MEMORY_EMBEDDER: 'transformers',
      MEMORY_EMBEDDER_URL: embeddings.url,
      MEMORY_EMBEDDER_MODEL: embeddings.model,
      MEMORY_EMBEDDER_DIMENSIONS: String(embeddings.dimensions),
      MEMORY_EMBEDDER_TIMEOUT_MS: '10000',
    }),
  };
  return {
    short: {
      name: 'Dragonfly',
      parts: ['short'],
      tiers: ['short'],
      ...breakable(dragonfly, [redisWay]),
      ...room(dragonfly),
    },
    mid: { name: 'MongoDB', parts: ['mid'], tiers: ['mid'], ...breakable(mongodb, [mongoWay]) },
    long: {
      name: 'Firestore',
      parts: ['long', 'semantic'],
      tiers: ['long', 'semantic'],
      ...breakable(kept(firestore, firestoreWay), [firestoreWay]),
    },
    index: {
      name: 'Weaviate',
      parts: ['index'],
      tiers: [],
      ...breakable(weaviate, [httpWay, grpcWay]),
      ...shards(weaviate),
    },
    settings,
    async stop() {
      await Promise.all(proxies.map((proxy) => proxy.stop()));
      await login.stop();
      await Promise.all([dragonfly, mongodb, firestore, weaviate, embeddings].map((server) => server?.stop()));
    },
  };
}

type Server = Pick<Dragonfly, 'kill' | 'shutDown' | 'restart' | 'pause' | 'resume'>;

function breakable(server: Server, ways: readonly TcpProxy[]) {
  const cut = () => Promise.all(ways.map((way) => way.cut()));
  return {
    async kill() {
      await server.kill();
      await cut();
    },
    async shutDown() {
      await server.shutDown();
      await cut();
    },
    async restart() {
      await server.restart();
      await Promise.all(ways.map((way) => way.mend()));
    },
    pause: () => server.pause(),
    resume: async () => server.resume(),
    slow(milliseconds: number) {
      for (const way of ways) way.delay = milliseconds;
    },
  };
}

/**
 * The emulator holds its data in memory, and Firestore does not lose any: nobody reaches it any more, then it writes down what it
 * has, and then it is ended.
 */
function kept(firestore: Firestore, way: TcpProxy): Server {
  const saved = (end: () => Promise<void>) => async () => {
    await way.cut();
    await firestore.save();
    await end();
  };
  return {
    kill: saved(() => firestore.kill()),
    shutDown: saved(() => firestore.shutDown()),
    restart: () => firestore.restart(),
    pause: () => firestore.pause(),
    resume: () => firestore.resume(),
  };
}

async function fits(written: Promise<unknown>): Promise<boolean> {
  try {
    await written;
    return true;
  } catch (error) {
    if (error instanceof Error && /OOM|out of memory/i.test(error.message)) return false;
    throw error;
  }
}

/** Takes the room that is left, and gives it back. */
function room({ port }: Dragonfly) {
  const connected = async <T>(use: (redis: Redis) => Promise<T>): Promise<T> => {
    const redis = new Redis({ host: '127.0.0.1', port, password: PASSWORD });
    try {
      return await use(redis);
    } finally {
      redis.disconnect();
    }
  };
  return {
    fill: () =>
      connected(async (redis) => {
        // Ever smaller, as a large one does not fit long before a small one.
        for (let size = 16 << 20; size >= 16; size >>= 4) {
          const block = Buffer.alloc(size, 'x');
          for (let number = 0; await fits(redis.set(`filler ${size} ${number}`, block)); number += 1);
        }
      }),
    clear: () =>
      connected(async (redis) => {
        const fillers = await redis.keys('filler *');
        if (fillers.length > 0) await redis.del(...fillers);
      }),
  };
}

/** Weaviate makes its shards read-only when its disk is nearly full; so does an operator. */
function shards({ url }: Weaviate) {
  const collection = `${url}/v1/schema/Memory`;
  const headers = { authorization: `Bearer ${PASSWORD}`, 'content-type': 'application/json' };
  const become = (status: string) => async () => {
    const tenants = (await ask(`${collection}/tenants`, { headers })) as readonly { readonly name: string }[];
    for (const { name } of tenants) {
      await ask(`${collection}/shards/${name}`, { method: 'PUT', headers, body: JSON.stringify({ status }) });
    }
  };
  return { fill: become('READONLY'), clear: become('READY') };
}

async function ask(url: string, init: RequestInit): Promise<unknown> {
  const response = await fetch(url, init);
  const text = await response.text();
  if (!response.ok) throw new Error(`${init.method ?? 'GET'} ${url}: ${response.status} ${text}`);
  return JSON.parse(text);
}
