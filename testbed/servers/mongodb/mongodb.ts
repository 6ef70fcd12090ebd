import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { type Durable, durable } from '../../process/durable.ts';
import { freePort } from '../../process/port.ts';
import { createServerFolder, startServer } from '../../process/server.ts';
import { provideOrStandIn } from '../../provide/provide.ts';
import { type Runnable, runnable } from '../../provide/unpacked.ts';
import { mongod } from './programs.ts';

/** What not every MongoDB server here does; everything else that tests use, all do. */
export interface MongoDbCapabilities {
  readonly sessions: boolean;
  readonly transactions: boolean;
  readonly changeStreams: boolean;
  /** Whether documents are removed some time after their TTL index says so. Every server accepts the index. */
  readonly ttlReaper: boolean;
  /** Whether `partialFilterExpression` is heeded. Every server accepts it. */
  readonly partialIndexes: boolean;
  /** Whether the update may be an aggregation pipeline. */
  readonly pipelineUpdates: boolean;
  readonly explain: boolean;
  /** Whether a collection's validator is heeded. */
  readonly validators: boolean;
}

const capabilities = (all: boolean): MongoDbCapabilities => ({
  sessions: all,
  transactions: all,
  changeStreams: all,
  ttlReaper: all,
  partialIndexes: all,
  pipelineUpdates: all,
  explain: all,
  validators: all,
});

export interface MongoDb extends Durable {
  /** `mongodb://127.0.0.1:<port>/?directConnection=true`; without a password. */
  readonly url: string;
  readonly program: 'mongod' | 'mongo-java-server';
  readonly capabilities: MongoDbCapabilities;
}

/** Whether it answers commands; a new mongod is first made the only member of its replica set, which transactions need. */
async function answersCommands(url: string, isMongod: boolean): Promise<boolean> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 2_000, connectTimeoutMS: 2_000 });
  try {
    const admin = client.db('admin');
    await admin.command({ ping: 1 });
    if (!isMongod) return true;
    const hello = await admin.command({ hello: 1 });
    if (!hello.setName) await admin.command({ replSetInitiate: {} });
    return hello.isWritablePrimary === true;
  } finally {
    await client.close();
  }
}

function mongoDaemon({ command, args, env }: Runnable, port: number, data: string): Runnable {
  const own = [
    '--dbpath',
    data,
    '--bind_ip',
    '127.0.0.1',
    '--port',
    String(port),
    '--nounixsocket',
    '--replSet',
    'rs0',
  ];
  // Default 60: a test would wait a minute for what a TTL index removes.
  const reaper = ['--setParameter', 'ttlMonitorSleepSecs=1'];
  return { command, args: [...args, ...own, ...reaper], env };
}

function javaServer(libraries: string, port: number, data: string): Runnable {
  // A server of minutes: the second compiler would spend more than it gains.
  const java = ['-XX:TieredStopAtLevel=1', '-Xmx512m', '-cp', `${libraries}:${join(libraries, '*')}`];
  return { command: 'java', args: [...java, 'DurableMongoServer', String(port), data], env: {} };
}

/**
 * An empty MongoDB server: `mongod` where it is, else mongo-java-server. Every write that it has acknowledged is there after
 * `kill()` and `restart()`. Throws NotProvided or ServerNotStarted.
 */
export async function startMongoDb(): Promise<MongoDb> {
  const { path, provision } = await provideOrStandIn(mongod);
  const isMongod = provision === mongod;
  const port = await freePort();
  const url = `mongodb://127.0.0.1:${port}/?directConnection=true`;
  const server = await durable('mongodb', async (data) => {
    const launch = isMongod ? mongoDaemon(runnable(path, 'usr/bin/mongod'), port, data) : javaServer(path, port, data);
    const folder = await createServerFolder('mongodb');
    return startServer({ name: 'mongodb', ...launch, folder, ready: () => answersCommands(url, isMongod) });
  });
  const program = isMongod ? ('mongod' as const) : ('mongo-java-server' as const);
  return Object.assign(server, { url, program, capabilities: capabilities(isMongod) });
}
