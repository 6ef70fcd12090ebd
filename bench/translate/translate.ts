/** How well plain questions are translated, and what that costs beside the query that follows. */
import { MongoClient, MongoServerError } from 'mongodb';
import type { Mql } from '../../mcp-servers/mongodb/src/compile/compile.ts';
import { type Answer, translate as translateQuestion } from '../../mcp-servers/mongodb/src/translate.ts';
import { startMongoDb } from '../../testbed/servers/mongodb/mongodb.ts';
import type { Bench } from '../bench.ts';
import { packageVersion } from '../machine.ts';
import { type Figure, figure } from '../measure/figure.ts';
import { type Bound, type Measure, measure } from '../result.ts';
import { type Database, type Dataset, type Prediction, readDataset, type Summary } from './dataset.ts';
import { execute } from './execute.ts';

/** The questions name no time that moves. */
const clock = { now: new Date('2026-01-01T12:00:00Z'), timeZone: 'UTC' };

/** Answered questions that are timed, over all databases. */
const TIMED = 200;

export const translate: Bench = {
  name: 'translate',
  about: 'plain questions to queries, without a model: how many are right, and the time beside the query itself',
  async run({ root, quick, runs, progress }) {
    const dataset = await readDataset(root);
    progress(`${dataset.questions.length} questions of ${dataset.folder}`);
    const { predictions, answers } = answerAll(dataset);
    const { report } = dataset.score(predictions);
    const timed = await timeAll(dataset, answers, runs ?? (quick ? 3 : 9), progress);
    return {
      versions: {
        node: process.version,
        mingo: packageVersion(root, 'mingo'),
        mongodb: packageVersion(root, 'mongodb'),
        server: timed.program,
      },
      measures: [
        ...quality('all questions', report.total, { precision: { atLeast: 95 }, accuracy: { atLeast: 40 } }),
        ...Object.entries(report.classes).flatMap(([name, summary]) =>
          quality(`class ${name}`, summary, name === 'simple' ? { accuracy: { atLeast: 60 } } : {}),
        ),
        measure({
          name: 'time of a question',
          unit: 'ms',
          ours: timed.translating,
          peers: { 'its query': timed.querying, 'one document': timed.reading },
          goal: { 'its query': { atMost: 1 } },
        }),
      ],
    };
  },
};

interface Answered {
  readonly question: string;
  readonly database: Database;
  readonly mql: Mql;
}

function answerAll({ questions, databases }: Dataset) {
  const predictions: Prediction[] = [];
  const answers: Answered[] = [];
  for (const { id, db, question } of questions) {
    const database = databases.get(db);
    const answer = database && translateQuestion(question, database.catalogue, clock);
    if (!database || answer?.kind !== 'answer') predictions.push({ id, abstained: true, rows: null });
    else {
      predictions.push({ id, abstained: false, rows: rowsOf(answer, database) });
      answers.push({ question, database, mql: answer.mql });
    }
  }
  return { predictions, answers };
}

/** Rows that cannot be computed are wrong, as an error of the server would be. */
function rowsOf({ mql }: Answer, { collections }: Database): readonly unknown[] | null {
  try {
    return execute(mql, collections);
  } catch {
    return null;
  }
}

const percent = (share: number | null): Figure => ({ median: Number(((share ?? 0) * 100).toFixed(1)) });

function quality(
  of: string,
  summary: Summary,
  goals: { readonly precision?: Bound; readonly accuracy?: Bound },
): Measure[] {
  const one = (name: string, share: number | null, goal?: Bound) =>
    measure({
      name: `${of}: ${name}`,
      unit: '%',
      ours: percent(share),
      peers: {},
      ...(goal && { goal: { ours: goal } }),
    });
  return [
    one('right, of those answered', summary.precisionOnAnswered, goals.precision),
    one('answered', summary.coverage),
    one('right, of all', summary.accuracy, goals.accuracy),
  ];
}

/** Each round translates every timed question, runs its query and reads one document at once, so that all meet the same machine. */
async function timeAll(
  dataset: Dataset,
  answers: readonly Answered[],
  rounds: number,
  progress: (what: string) => void,
) {
  const step = Math.max(1, Math.floor(answers.length / TIMED));
  const server = await startMongoDb();
  const client = new MongoClient(server.url);
  try {
    await load(client, dataset, progress);
    const asked = answers.filter((_, index) => index % step === 0);
    const timed = await runnable(client, asked);
    progress(`${timed.length} of ${asked.length} queries run on ${server.program}`);
    const translating: number[] = [];
    const querying: number[] = [];
    const reading: number[] = [];
    for (let round = 0; round <= rounds; round++) {
      progress(round === 0 ? 'warming up' : `round ${round} of ${rounds}`);
      const [ours, its, one] = await timeRound(client, timed);
      if (round === 0) continue;
      translating.push(ours / timed.length);
      querying.push(its / timed.length);
      reading.push(one / timed.length);
    }
    return {
      translating: figure(translating),
      querying: figure(querying),
      reading: figure(reading),
      program: server.program,
    };
  } finally {
    await client.close();
    await server.stop();
  }
}

/** Queries that the server can run: mongo-java-server lacks some stages and operators of MongoDB. */
async function runnable(client: MongoClient, asked: readonly Answered[]): Promise<Answered[]> {
  const found: Answered[] = [];
  for (const one of asked) {
    const runs = await query(client, one.database.name, one.mql).then(
      () => true,
      (error: unknown) => {
        if (error instanceof MongoServerError) return false;
        throw error;
      },
    );
    if (runs) found.push(one);
  }
  return found;
}

async function timeRound(client: MongoClient, timed: readonly Answered[]): Promise<[number, number, number]> {
  let ours = 0;
  let its = 0;
  let smallest = 0;
  for (const { question, database, mql } of timed) {
    const start = performance.now();
    translateQuestion(question, database.catalogue, clock);
    const translated = performance.now();
    await query(client, database.name, mql);
    ours += translated - start;
    const queried = performance.now();
    await client.db(database.name).collection(mql.collection).findOne();
    its += queried - translated;
    smallest += performance.now() - queried;
  }
  return [ours, its, smallest];
}

function query(client: MongoClient, database: string, mql: Mql): Promise<unknown[]> {
  const collection = client.db(database).collection(mql.collection);
  if (mql.operation === 'aggregate') return collection.aggregate(mql.pipeline.map((stage) => ({ ...stage }))).toArray();
  const { filter, projection, sort, limit } = mql;
  return collection
    .find(filter, { projection, ...(sort && { sort: { ...sort } }), ...(limit !== undefined && { limit }) })
    .toArray();
}

async function load(client: MongoClient, { databases }: Dataset, progress: (what: string) => void): Promise<void> {
  progress(`loading ${databases.size} databases`);
  for (const { name, collections } of databases.values())
    for (const [collection, documents] of Object.entries(collections))
      if (documents.length > 0)
        await client
          .db(name)
          .collection(collection)
          .insertMany(documents.map((document) => ({ ...document })));
}
