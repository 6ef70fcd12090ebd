/** Our MongoDB server beside MongoDB's own and the bare driver: the same `find`, over both transports, in one run. */
import { type Collection, MongoClient } from 'mongodb';
import { freePort } from '../../testbed/process/port.ts';
import { startMongoDb } from '../../testbed/servers/mongodb/mongodb.ts';
import type { Bench } from '../bench.ts';
import { packageVersion } from '../machine.ts';
import { type Figure, figure } from '../measure/figure.ts';
import { type Bound, type Measure, measure } from '../result.ts';
import { type Connection, connect } from './connection.ts';
import { mongodbMcpServer } from './peer.ts';
import { databaseName, type Subject, subjects, type Transport } from './subjects.ts';

const DOCUMENTS = 10_000;
/** Calls at the same time, where throughput is measured. */
const AT_ONCE = 16;
/** In every answer of the `find` that is measured. */
const PROOF = 'Run 9 of the nightly evaluation';

interface Load {
  /** Calls of a batch. */
  readonly calls: number;
  /** Calls before anything counts: V8 and both servers' caches are warm after these. */
  readonly warm: number;
  readonly starts: number;
  readonly rounds: number;
  /** Milliseconds after which a batch ends with fewer calls: on a busy machine, seven rounds of all would take hours. */
  readonly patience: number;
}

export const mcp: Bench = {
  name: 'mcp',
  about:
    "our MongoDB MCP server beside MongoDB's own: start, memory, tools/list, and the same find over stdio and HTTP",
  async run({ root, quick, runs, progress }) {
    const load: Load = quick
      ? { calls: 200, warm: 200, starts: runs ?? 2, rounds: runs ?? 2, patience: 1000 }
      : { calls: 500, warm: 1500, starts: runs ?? 7, rounds: runs ?? 7, patience: 3000 };
    const peer = mongodbMcpServer(progress);
    const server = await startMongoDb();
    const database = new URL(server.url).host;
    const client = new MongoClient(server.url);
    try {
      const runsOfAgents = client.db(databaseName).collection('runs');
      await fill(runsOfAgents);
      const all = subjects({ root, peer, database }, [await freePort(), await freePort()]);
      const starts = await measureStarts(all, load, progress);
      const calls = await measureCalls(all, runsOfAgents, load, progress);
      return {
        versions: {
          node: process.version,
          '@modelcontextprotocol/client': packageVersion(root, '@modelcontextprotocol/client'),
          mongodb: packageVersion(root, 'mongodb'),
          'mongodb-mcp-server': '3.0.4',
          server: server.program,
        },
        measures: (['stdio', 'http'] as const).flatMap((transport) => measures(transport, starts, calls)),
      };
    } finally {
      await client.close();
      await server.stop();
    }
  },
};

async function fill(collection: Collection): Promise<void> {
  const models = ['gpt-5.6', 'claude-sonnet-4.6', 'gemini-3.5-flash'];
  const statuses = ['completed', 'running', 'failed'];
  await collection.insertMany(
    Array.from({ length: DOCUMENTS }, (_, index) => ({
      agent: `agent-${index % 100}`,
      model: models[index % models.length],
      status: statuses[index % 7 === 0 ? 2 : index % 2],
      tokens: (index * 7919) % 20_000,
      startedAt: new Date(Date.UTC(2026, 0, 1) + index * 60_000),
      note: `Run ${index} of the nightly evaluation, with its usual few words of explanation.`,
    })),
  );
}

interface Start {
  readonly cold: number;
  readonly idle: number;
  readonly listBytes: number;
  readonly tools: number;
}

interface Batch {
  readonly p50: number;
  readonly p99: number;
  readonly perSecond: number;
}

const key = ({ name, transport }: Pick<Subject, 'name' | 'transport'>) => `${name} ${transport}`;

async function measureStarts(all: readonly Subject[], { starts }: Load, progress: (what: string) => void) {
  const found = new Map(all.map((subject) => [key(subject), [] as Start[]]));
  for (let round = 0; round <= starts; round++) {
    progress(round === 0 ? 'starting each once, uncounted' : `start ${round} of ${starts}`);
    for (const subject of all) {
      const connection = await connect(subject);
      try {
        const { coldStart: cold, listBytes, tools } = connection;
        if (round > 0) found.get(key(subject))?.push({ cold, listBytes, tools, idle: connection.memory() });
      } finally {
        await connection.close();
      }
    }
  }
  return found;
}

interface Calls {
  readonly batches: ReadonlyMap<string, Batch[]>;
  readonly memory: ReadonlyMap<string, number>;
}

/** Each round has one batch of every server and of the driver, so that all meet the same machine. */
async function measureCalls(
  all: readonly Subject[],
  collection: Collection,
  load: Load,
  progress: (what: string) => void,
): Promise<Calls> {
  const asked: { name: string; call: () => Promise<void>; connection?: Connection }[] = [
    { name: 'driver', call: () => bare(collection) },
  ];
  try {
    for (const subject of all) {
      const connection = await connect(subject);
      asked.push({ name: key(subject), connection, call: () => connection.call(subject.find, PROOF) });
    }
    for (const { name, call } of asked) {
      progress(`warming up: ${name}`);
      await sequence(call, load.warm, 2 * load.patience);
    }
    const batches = new Map(asked.map(({ name }) => [name, [] as Batch[]]));
    for (let round = 1; round <= load.rounds; round++) {
      progress(`round ${round} of ${load.rounds}`);
      for (const { name, call } of asked) {
        const [p50, p99] = percentiles(await sequence(call, load.calls, load.patience));
        batches.get(name)?.push({ p50, p99, perSecond: await throughput(call, load.calls * 2, load.patience) });
      }
    }
    const memory = asked.flatMap(({ name, connection }) => (connection ? [[name, connection.memory()] as const] : []));
    return { batches, memory: new Map(memory) };
  } finally {
    for (const { connection } of asked) await connection?.close();
  }
}

async function bare(collection: Collection): Promise<void> {
  const documents = await collection.find().limit(10).toArray();
  if (documents.length !== 10) throw new Error(`the driver found ${documents.length} documents, not 10`);
}

/** One call after the other: so many, or those of so many milliseconds. */
async function sequence(call: () => Promise<void>, count: number, patience: number): Promise<number[]> {
  const times: number[] = [];
  const end = performance.now() + patience;
  for (let index = 0; index < count && performance.now() < end; index++) {
    const start = performance.now();
    await call();
    times.push(performance.now() - start);
  }
  return times;
}

async function throughput(call: () => Promise<void>, count: number, patience: number): Promise<number> {
  let done = 0;
  const start = performance.now();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (done < count && performance.now() - start < patience) {
        await call();
        done += 1;
      }
    }),
  );
  return done / ((performance.now() - start) / 1000);
}

function percentiles(times: readonly number[]): [p50: number, p99: number] {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return [at(0.5), at(0.99)];
}

/** What is to be reached beside MongoDB's server. */
const goals = {
  cold: { atMost: 0.5 },
  memory: { atMost: 0.7 },
  list: { atMost: 1 / 3 },
  latency: { atMost: 0.6 },
  throughput: { atLeast: 1.7 },
} satisfies Record<string, Bound>;

function measures(transport: Transport, starts: ReadonlyMap<string, Start[]>, { batches, memory }: Calls): Measure[] {
  const both = <T>(from: ReadonlyMap<string, T>, of: (found: T) => Figure) => {
    const ours = from.get(key({ name: 'ours', transport }));
    const its = from.get(key({ name: 'mongodb-mcp-server', transport }));
    if (ours === undefined || its === undefined) throw new Error(`nothing was measured over ${transport}`);
    return { ours: of(ours), peers: { 'mongodb-mcp-server': of(its) } };
  };
  const started = (of: (start: Start) => number) => both(starts, (found) => figure(found.map(of)));
  const called = (of: (batch: Batch) => number) => {
    const { ours, peers } = both(batches, (found) => figure(found.map(of)));
    return { ours, peers: { ...peers, driver: figure((batches.get('driver') ?? []).map(of)) } };
  };
  const to = (goal: Bound) => ({ 'mongodb-mcp-server': goal });
  const name = (what: string) => `${transport}: ${what}`;
  return [
    measure({
      name: name('start to first tools/list'),
      unit: 'ms',
      ...started(({ cold }) => cold),
      goal: to(goals.cold),
    }),
    measure({ name: name('memory, idle'), unit: 'MiB', ...started(({ idle }) => idle), goal: to(goals.memory) }),
    measure({
      name: name('memory, after the load'),
      unit: 'MiB',
      ...both(memory, (found) => figure([found])),
      goal: to(goals.memory),
    }),
    measure({ name: name('tools'), unit: 'tools', ...started(({ tools }) => tools) }),
    measure({
      name: name('tools/list'),
      unit: 'bytes',
      ...started(({ listBytes }) => listBytes),
      goal: to(goals.list),
    }),
    measure({ name: name('find, p50'), unit: 'ms', ...called(({ p50 }) => p50), goal: to(goals.latency) }),
    measure({ name: name('find, p99'), unit: 'ms', ...called(({ p99 }) => p99) }),
    measure({
      name: name(`find, ${AT_ONCE} at once`),
      unit: 'calls/s',
      ...called(({ perSecond }) => perSecond),
      goal: to(goals.throughput),
    }),
  ];
}
