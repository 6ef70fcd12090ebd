/** The stores' own drivers, doing what an operation of the service does in its store and nothing else. */
import { randomUUID } from 'node:crypto';
import { Firestore } from '@google-cloud/firestore';
import { Redis } from 'ioredis';
import { MongoClient } from 'mongodb';
import weaviate from 'weaviate-client';
import { TenantKeys } from '../../memory/src/stores/dragonfly/keys.ts';
import { appendScript } from '../../memory/src/stores/dragonfly/scripts.ts';
import { appendCall } from '../../memory/src/stores/dragonfly/write-call.ts';
import { appended } from './process/appended.ts';
import { type Generated, subjectName } from './texts.ts';

// No Google Cloud here whose metadata server could be asked.
process.env.METADATA_SERVER_DETECTION = 'none';

/** The tenant of the token that `process/tiers.ts` gives out. */
const TENANT = 'bench';
const FOUND = 10;
/** As many as a context of a thousand tokens takes. */
const IN_CONTEXT = 50;

type Call = (number: number) => Promise<unknown>;

export interface Drivers {
  readonly append: Call;
  readonly rememberMid: Call;
  readonly rememberLong: Call;
  readonly getShort: Call;
  readonly getMid: Call;
  readonly getLong: Call;
  readonly search: Call;
  readonly context: Call;
  close(): Promise<void>;
}

export interface DriverOptions {
  /** Of `Stores`. */
  readonly environment: Readonly<Record<string, string>>;
  /** Names of sessions that are there. */
  readonly sessions: readonly string[];
  /** Ids of memories that are in the short tier. */
  readonly ids: readonly string[];
  readonly texts: readonly Generated[];
  readonly asked: readonly Generated[];
}

type Scripted = Redis & { append(keys: number, ...rest: readonly (string | number)[]): Promise<unknown> };

/** Connects, and writes the documents that are to be read. */
export async function openDrivers({ environment, sessions, ids, texts, asked }: DriverOptions): Promise<Drivers> {
  const redis = new Redis({
    host: '127.0.0.1',
    port: Number(environment.REDIS_PORT),
    password: String(environment.REDIS_PASSWORD),
    enableAutoPipelining: true,
    scripts: { append: { lua: appendScript } },
  }) as Scripted;
  const mongo = await MongoClient.connect(`mongodb://127.0.0.1:${environment.MONGODB_PORT}/?directConnection=true`, {
    writeConcern: { w: 'majority', journal: true },
  });
  const collection = mongo.db('drivers').collection<{ _id: string } & Record<string, unknown>>('memories');
  const firestore = new Firestore({
    projectId: String(environment.FIRESTORE_PROJECT),
    host: String(environment.FIRESTORE_HOST),
    ssl: false,
  });
  const documents = firestore.collection('drivers');
  const client = await weaviate.connectToCustom({
    httpHost: '127.0.0.1',
    httpPort: Number(environment.WEAVIATE_PORT),
    httpSecure: false,
    grpcHost: '127.0.0.1',
    grpcPort: Number(environment.WEAVIATE_GRPC_PORT),
    grpcSecure: false,
    authCredentials: new weaviate.ApiKey('key'),
  });
  const shard = client.collections.use('Memory').withTenant(TENANT);
  const keys = new TenantKeys(TENANT);
  const of = <T>(all: readonly T[], number: number): T => all[number % all.length] as T;
  const body = (number: number) => {
    const { text, subject } = of(texts, number);
    return { text, subjectId: subjectName(subject), type: 'episodic', at: Date.now(), tags: [], importance: 0.5 };
  };
  for (const [number, id] of ids.entries()) {
    await collection.insertOne({ _id: id, ...body(number) });
    await documents.doc(id).set(body(number));
  }
  const bm25 = (number: number, limit: number) => {
    const { text, subject } = of(asked, number);
    const filters = shard.filter.byProperty('subjectId').equal(subjectName(subject));
    return shard.query.bm25(text, { queryProperties: ['stems'], filters, limit, returnProperties: ['reference'] });
  };
  return {
    append(number) {
      const now = Date.now();
      const call = appendCall(TENANT, appended(of(sessions, number), 'user', of(texts, number).text, now).append, now);
      return redis.append(call.keys.length, ...call.keys, ...call.arguments);
    },
    rememberMid: (number) => collection.insertOne({ _id: randomUUID(), ...body(number) }),
    rememberLong: (number) => documents.doc(randomUUID()).create(body(number)),
    getShort: (number) => redis.hgetall(keys.document({ kind: 'memory', id: of(ids, number) })),
    getMid: (number) => collection.findOne({ _id: of(ids, number) }),
    getLong: (number) => documents.doc(of(ids, number)).get(),
    search: (number) => bm25(number, FOUND),
    async context(number) {
      const { objects } = await bm25(number, IN_CONTEXT);
      const found = objects.map((_, place) => documents.doc(of(ids, place)));
      return found.length === 0 ? [] : firestore.getAll(...found);
    },
    async close() {
      redis.disconnect();
      await Promise.all([mongo.close(), firestore.terminate(), client.close()]);
    },
  };
}
