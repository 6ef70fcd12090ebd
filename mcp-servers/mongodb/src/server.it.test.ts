import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServerUnderTest, startForTest } from '@ai-orchestra/mcp-kit/testing';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { skipped } from '../../../testbed/skip.ts';
import { mongodbServer } from './server.ts';
import { type Bed, startBed } from './testing/bed.fixture.ts';

type Row = Readonly<Record<string, unknown>>;
interface Structured {
  readonly rows: { readonly rows: readonly Row[]; readonly cursor?: string };
  readonly [more: string]: unknown;
}

const day = 86_400_000;
const now = Date.now();
const pick = <Item>(items: readonly Item[], at: number) => items[at % items.length] as Item;
/** The 15th of the last May that is over, or of this one. */
const may = (() => {
  const today = new Date(now);
  const year = today.getUTCMonth() >= 4 ? today.getUTCFullYear() : today.getUTCFullYear() - 1;
  return Math.min(Date.UTC(year, 4, 15), now);
})();

const agents = Array.from({ length: 30 }, (_, index) => ({
  _id: `a${index}`,
  name: `Agent ${index}`,
  status: pick(['active', 'paused', 'retired'], index),
  model: pick(['gpt-4o', 'claude', 'llama'], index),
  apiKey: `sk-${index}`,
  createdAt: new Date(now - index * day),
}));
const runs = Array.from({ length: 200 }, (_, index) => ({
  _id: `r${index}`,
  agentId: `a${index % 30}`,
  status: pick(['completed', 'failed', 'error', 'running'], index),
  model: pick(['gpt-4o', 'claude', 'llama'], index),
  responseTimeMs: 100 + ((index * 37) % 900),
  startedAt: new Date(now - (index / 5) * day - 1000),
}));
const users = Array.from({ length: 25 }, (_, index) => ({
  _id: `u${index}`,
  name: `User ${index}`,
  country: pick(['DE', 'US', 'FR'], index),
}));
const usage = Array.from({ length: 300 }, (_, index) => ({
  _id: `t${index}`,
  userId: `u${index % 25}`,
  tokens: 10 + ((index * 17) % 500),
  at: new Date(may + ((index % 40) - 20) * day),
}));

describe.skipIf(skipped('mongo-java-server'))('the MongoDB server, with a client of MCP', () => {
  let bed: Bed;
  let server: ServerUnderTest;
  let folder: string;
  beforeAll(async () => {
    bed = await startBed({ agents, runs, users, usage });
    folder = mkdtempSync(join(tmpdir(), 'mcp-mongodb-'));
    writeFileSync(
      join(folder, 'synonyms.yaml'),
      'collections: { agents: [bots] }\nfields: { runs.responseTimeMs: [response time] }\n',
    );
    writeFileSync(
      join(folder, 'questions.yaml'),
      'questions:\n  - name: by_status\n    title: Agents by status\n    question: show agents whose status is "{status}"\n    values: { status: agents.status }\n',
    );
    server = await startForTest(mongodbServer, {
      ...bed.environment,
      MCP_SYNONYMS_FILE: join(folder, 'synonyms.yaml'),
      MCP_QUESTIONS_FILE: join(folder, 'questions.yaml'),
    });
  });
  afterAll(async () => {
    await server?.stop();
    await bed?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const call = async (name: string, args: Row = {}) => {
    const { structuredContent, content, isError } = await server.call(name, args);
    const [{ text } = { text: '' }] = content as readonly { readonly text: string }[];
    return { is: structuredContent as unknown as Structured, text, isError: isError === true };
  };
  const ask = async (question: string) => (await call('query', { question })).is;
  /** Without an order that was asked for, the server gives them as it likes. */
  const idsOf = (rows: readonly Row[]) => rows.map(({ _id }) => String(_id)).toSorted();
  const average = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;

  describe('the questions of the guide', () => {
    test('Show all active agents', async () => {
      const { rows, answered } = await ask('Show all active agents');
      expect(answered).toBe(true);
      expect(idsOf(rows.rows)).toEqual(idsOf(agents.filter(({ status }) => status === 'active')));
      expect(JSON.stringify(rows)).not.toContain('sk-');
    });

    test('Show agents created this week', async () => {
      const { rows } = await ask('Show agents created this week');
      const today = new Date(now);
      const monday = Date.UTC(
        today.getUTCFullYear(),
        today.getUTCMonth(),
        today.getUTCDate() - ((today.getUTCDay() + 6) % 7),
      );
      const expected = idsOf(agents.filter(({ createdAt }) => createdAt.getTime() >= monday));
      expect(expected.length).toBeGreaterThan(0);
      expect(idsOf(rows.rows)).toEqual(expected);
    });

    test('how many failed runs per agent in the last 7 days', async () => {
      const { rows, readBack } = await ask('how many failed runs per agent in the last 7 days');
      const failed = runs.filter(
        ({ status, startedAt }) => status === 'failed' && startedAt.getTime() >= now - 7 * day,
      );
      const expected = [...Map.groupBy(failed, ({ agentId }) => `Agent ${agentId.slice(1)}`)].map(([name, own]) => [
        name,
        own.length,
      ]);
      expect(expected.length).toBeGreaterThan(1);
      expect(Object.fromEntries(rows.rows.map(({ name, count }) => [name, count]))).toEqual(
        Object.fromEntries(expected),
      );
      expect(readBack).toContain('where status is "failed"');
    });

    test('top 5 users by tokens spent in May', async () => {
      const { rows } = await ask('top 5 users by tokens spent in May');
      const spent = usage.filter(({ at }) => at.getUTCMonth() === 4 && at.getTime() <= now);
      const totals = [...Map.groupBy(spent, ({ userId }) => userId).values()]
        .map((own) => own.reduce((sum, { tokens }) => sum + tokens, 0))
        .toSorted((a, b) => b - a)
        .slice(0, 5);
      expect(totals).toHaveLength(5);
      expect(rows.rows.map((row) => row.sum_tokens)).toEqual(totals);
      expect(rows.cursor).toBeUndefined();
    });

    test('average response time by model where status is not error', async () => {
      const { rows } = await ask('average response time by model where status is not error');
      const kept = runs.filter(({ status }) => status !== 'error');
      const expected = [...Map.groupBy(kept, ({ model }) => model)].map(([model, own]) => [
        model,
        expect.closeTo(average(own.map(({ responseTimeMs }) => responseTimeMs))),
      ]);
      expect(Object.fromEntries(rows.rows.map((row) => [row.model, row.avg_responseTimeMs]))).toEqual(
        Object.fromEntries(expected),
      );
    });
  });

  describe('query', () => {
    test('says how it understood, and abstains with the words that it does not know', async () => {
      const found = await ask('show agents with frobnicated widgets');
      expect(found).toMatchObject({ answered: false, unmatched: expect.arrayContaining(['frobnicated']) });
      expect(found.rows).toBeUndefined();
      expect(await ask('Show all active agents')).toMatchObject({
        confidence: 1,
        unmatched: [],
        plan: { collection: 'agents' },
        mql: { collection: 'agents' },
        readBack: expect.stringContaining('status is "active"'),
      });
    });

    test('asks the person where it is not sure, and answers what was chosen', async () => {
      const question = 'show users and their favourite colour';
      expect(await ask(question)).toMatchObject({ answered: false, alternatives: [expect.anything()] });
      const client = new Client(
        { name: 'test', version: '1' },
        { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode: { pin: '2026-07-28' } } },
      );
      let chosen = '0';
      const asked: unknown[] = [];
      client.setRequestHandler('elicitation/create', ({ params }) => {
        asked.push(params);
        return { action: 'accept', content: { choice: chosen } };
      });
      await client.connect(new StreamableHTTPClientTransport(new URL(server.url)));
      const first = await client.callTool({ name: 'query', arguments: { question } });
      expect(JSON.stringify(asked)).toContain('Which is meant?');
      expect(first.structuredContent).toMatchObject({
        answered: true,
        plan: { collection: 'users' },
        assumptions: ['this reading was chosen by the person'],
      });
      chosen = 'none';
      const second = await client.callTool({ name: 'query', arguments: { question } });
      expect(second.structuredContent).toMatchObject({ answered: false });
      await client.close();
    });

    test('goes on where an answer ended', async () => {
      const question = 'Show all runs';
      const first = await ask(question);
      expect(first.rows.rows).toHaveLength(100);
      const second = (await call('query', { question, cursor: first.rows.cursor })).is;
      expect(idsOf([...first.rows.rows, ...second.rows.rows])).toEqual(idsOf(runs));
      expect(second.rows.cursor).toBeUndefined();
      expect((await call('query', { question: 'Show all agents', cursor: first.rows.cursor })).isError).toBe(true);
    });

    test('knows the words of the operator', async () => {
      expect((await ask('show active bots')).rows.rows).toHaveLength(10);
    });
  });

  test('find: filter, order, fields, limit and where it goes on', async () => {
    const args = {
      collection: 'runs',
      filter: { status: 'failed' },
      sort: { responseTimeMs: -1, _id: 1 },
      projection: { responseTimeMs: 1 },
      limit: 20,
    };
    const expected = runs
      .filter(({ status }) => status === 'failed')
      .toSorted((a, b) => b.responseTimeMs - a.responseTimeMs || (a._id < b._id ? -1 : 1))
      .map(({ _id, responseTimeMs }) => ({ _id, responseTimeMs }));
    const first = (await call('find', args)).is.rows;
    const second = (await call('find', { ...args, cursor: first.cursor })).is.rows;
    expect([...first.rows, ...second.rows]).toEqual(expected.slice(0, 40));
    expect((await call('find', { ...args, limit: 5, cursor: first.cursor })).text).toContain('other arguments');
  });

  test('takes Extended JSON, and JSON in a string', async () => {
    const since = new Date(now - 3 * day);
    const expected = runs.filter(({ startedAt }) => startedAt >= since).length;
    const filter = { startedAt: { $gte: { $date: since.toISOString() } } };
    expect((await call('count', { collection: 'runs', filter })).is).toEqual({ count: expected, estimated: false });
    expect((await call('count', { collection: 'runs', filter: JSON.stringify(filter) })).is.count).toBe(expected);
    const pipeline = JSON.stringify([{ $match: filter }, { $count: 'n' }]);
    expect((await call('aggregate', { collection: 'runs', pipeline })).is.rows.rows).toEqual([{ n: expected }]);
    expect((await call('find', { collection: 'runs', filter, limit: 1 })).is.rows.rows[0]?.startedAt).toHaveProperty(
      '$date',
    );
  });

  test('distinct, aggregate and sample', async () => {
    expect((await call('distinct', { collection: 'runs', field: 'status' })).is.rows.rows).toEqual(
      ['completed', 'error', 'failed', 'running'].map((value) => ({ value, documents: 50 })),
    );
    const joined = await call('aggregate', {
      collection: 'runs',
      pipeline: [
        { $match: { _id: 'r7' } },
        { $lookup: { from: 'agents', localField: 'agentId', foreignField: '_id', as: 'agent' } },
        { $project: { _id: 0, agent: '$agent.name', all: '$agent' } },
      ],
    });
    expect(joined.is.rows.rows).toMatchObject([{ agent: ['Agent 7'] }]);
    expect(joined.text).not.toContain('sk-7');
    expect((await call('sample', { collection: 'agents', size: 5 })).is.rows.rows).toHaveLength(5);
  });

  test('collections, schema and indexes are those that may be read', async () => {
    const listed = (await call('list_collections')).is as unknown as { collections: { rows: readonly Row[] } };
    expect(listed.collections.rows.map(({ name, documents }) => [name, documents])).toEqual([
      ['agents', 30],
      ['runs', 200],
      ['usage', 300],
      ['users', 25],
    ]);
    const schema = await call('collection_schema', { collection: 'agents' });
    expect(schema.text).not.toContain('apiKey');
    const { fields } = schema.is as unknown as { fields: { rows: readonly Row[] } };
    expect(fields.rows).toContainEqual({ path: 'status', type: 'string', values: ['active', 'paused', 'retired'] });
    await bed.client.db('orchestra').collection('agents').createIndex({ status: 1 });
    await bed.client.db('orchestra').collection('agents').createIndex({ apiKey: 1 });
    const { indexes } = (await call('collection_indexes', { collection: 'agents' })).is as unknown as {
      indexes: { rows: readonly Row[] };
    };
    expect(indexes.rows.map(({ key }) => JSON.stringify(key)).toSorted()).toEqual(['{"_id":1}', '{"status":1}']);
  });

  test('explain tells what would be sent, and reads nothing', async () => {
    const { is } = await call('explain', { collection: 'agents', filter: { status: 'active' } });
    expect(is).toMatchObject({
      query: {
        operation: 'aggregate',
        pipeline: [{ $project: { apiKey: 0 } }, { $match: { status: 'active' } }, { $limit: 101 }],
      },
      reads: [{ collection: 'agents', reads: 'few', documents: 30 }],
    });
  });

  test('completes, and gives schemas as resources and questions as prompts', async () => {
    const { client } = server;
    const completed = await client.complete({
      ref: { type: 'ref/resource', uri: 'mongodb://{collection}/schema' },
      argument: { name: 'collection', value: 'a' },
    });
    expect(completed.completion.values).toEqual(['agents']);
    const { contents } = await client.readResource({ uri: 'mongodb://agents/schema' });
    expect(JSON.stringify(contents)).toContain('createdAt');
    expect(JSON.stringify(contents)).not.toContain('apiKey');
    const prompt = await client.getPrompt({ name: 'by_status', arguments: { status: 'paused' } });
    expect(JSON.stringify(prompt.messages)).toContain('paused');
    const values = await client.complete({
      ref: { type: 'ref/prompt', name: 'by_status' },
      argument: { name: 'status', value: 'p' },
    });
    expect(values.completion.values).toEqual(['paused']);
  });

  test('refuses to read a large collection from beginning to end, with the index that would help', async () => {
    const strict = await startForTest(mongodbServer, { ...bed.environment, MCP_QUERY_SCAN: '100' });
    const told = async (name: string, args: Row) => {
      const { content, isError } = await strict.call(name, args);
      return isError === true ? JSON.stringify(content) : 'answered';
    };
    const filter = { model: 'claude' };
    expect(await told('find', { collection: 'runs', filter })).toMatch(/runs: \{\\"model\\":1\}/);
    expect(await told('find', { collection: 'runs', limit: 5 })).toBe('answered');
    expect(await told('find', { collection: 'runs', filter: { _id: 'r1' } })).toBe('answered');
    expect(await told('find', { collection: 'agents', filter })).toBe('answered');
    expect(
      await told('aggregate', {
        collection: 'agents',
        pipeline: [{ $lookup: { from: 'runs', localField: '_id', foreignField: 'agentId', as: 'r' } }],
      }),
    ).toContain('agentId');
    const { structuredContent } = await strict.call('count', { collection: 'runs' });
    expect(structuredContent).toEqual({ count: 200, estimated: true });
    await bed.client.db('orchestra').collection('runs').createIndex({ model: 1 });
    const later = await startForTest(mongodbServer, { ...bed.environment, MCP_QUERY_SCAN: '100' });
    expect((await later.call('find', { collection: 'runs', filter })).isError ?? false).toBe(false);
    await later.stop();
    await strict.stop();
  });

  test('ends an answer where it has as many bytes as may be read', async () => {
    const small = await startForTest(mongodbServer, { ...bed.environment, MCP_QUERY_BYTES: '1024' });
    const { structuredContent, content } = await small.call('find', { collection: 'runs', limit: 100 });
    const { rows } = structuredContent as unknown as Structured;
    expect(rows.rows.length).toBeGreaterThan(2);
    expect(rows.rows.length).toBeLessThan(20);
    expect(rows.cursor).toBeDefined();
    expect(JSON.stringify(content)).toContain('as many bytes as may be read');
    await small.stop();
  });

  test('tells every mistake of a query at once', async () => {
    const { text, isError } = await call('find', {
      collection: 'runs',
      filter: { status: { $where: '1' }, apiKey: 'x', n: { $size: 'x' } },
    });
    expect(isError).toBe(true);
    for (const part of ['filter.status.$where', 'filter.apiKey', 'filter.n.$size']) expect(text).toContain(part);
  });
});
