import { Aggregator, Query } from 'mingo';
import { type Document, MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MongoDb, startMongoDb } from '../../../testbed/servers/mongodb/mongodb.ts';
import { skipped } from '../../../testbed/skip.ts';
import { catalogueOf, sampleCollection } from './catalogue/learn.ts';
import type { Mql } from './compile/compile.ts';
import { catalogue, collections, now } from './translate.fixture.ts';
import { translate } from './translate.ts';

const questions = [
  'Show all active agents',
  'Show agents created this week',
  'how many failed runs per agent in the last 7 days',
  'top 5 users by tokens spent in May',
  'average response time by model where status is not error',
  'agents with more than 2 tools',
  'agents without tools',
  'average calls of search tools',
  'runs with response time above the average',
  'runs whose error message is missing',
  'which countries have more than 8 users',
  'how many different models are there for agents',
  'agents whose name ends with "7"',
];

describe.skipIf(skipped('mongo-java-server'))('on a server', () => {
  let server: MongoDb | undefined;
  let client: MongoClient;

  beforeAll(async () => {
    server = await startMongoDb();
    client = new MongoClient(server.url);
    for (const [name, documents] of Object.entries(collections))
      await client
        .db('fixture')
        .collection<Document>(name)
        .insertMany(documents.map((document) => ({ ...document })));
  });

  afterAll(async () => {
    await client?.close();
    await server?.stop();
  });

  const onServer = ({ collection: name, ...mql }: Mql): Promise<Document[]> => {
    const collection = client.db('fixture').collection(name);
    if (mql.operation === 'aggregate')
      return collection.aggregate(mql.pipeline.map((stage) => ({ ...stage }))).toArray();
    const { filter, projection, sort, limit } = mql;
    return collection
      .find(filter, { projection, ...(sort && { sort: { ...sort } }), ...(limit !== undefined && { limit }) })
      .toArray();
  };

  it.each(questions)('%s gives what the same query gives in memory', async (question) => {
    const answer = translate(question, catalogue, { now, timeZone: 'UTC' });
    if (answer.kind !== 'answer') throw new Error(answer.reason);
    const rows = await onServer(answer.mql);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.map(canonical).toSorted()).toEqual(inMemory(answer.mql).map(canonical).toSorted());
  });

  it('learns the same catalogue from what the server returns', async () => {
    const sampled = await Promise.all(
      Object.keys(collections).map(async (name) =>
        sampleCollection(name, await client.db('fixture').collection(name).find().toArray()),
      ),
    );
    expect(catalogueOf(sampled)).toEqual(catalogue);
  });
});

/** A row without what does not matter: the order of its keys, and the order in which numbers were added. */
function canonical(row: unknown): string {
  return JSON.stringify(row, (_, value: unknown) => {
    if (typeof value === 'number') return Number(value.toPrecision(12));
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}

function inMemory(mql: Mql): Document[] {
  const documents = [...(collections[mql.collection] ?? [])];
  if (mql.operation === 'find') return new Query(mql.filter).find<Document>(documents, mql.projection).all();
  const stages = mql.pipeline.map((stage) => ({ ...stage }));
  return new Aggregator(stages, { collectionResolver: (name: string) => [...(collections[name] ?? [])] }).run(
    documents,
  ) as Document[];
}
