import { parseEnvironment } from '@ai-orchestra/configuration';
import type { Tool } from '@ai-orchestra/mcp-kit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { skipped } from '../../../testbed/skip.ts';
import { Catalogue } from './catalogue/catalogue.ts';
import { readCollection } from './catalogue/read.ts';
import { weaviateServerConfig } from './config.ts';
import { Library } from './policy/library.ts';
import { parsePolicy } from './policy/policy.ts';
import { callerOf, callOf, run } from './testing/call.fixture.ts';
import { type Bed, createCollections, policyYaml, startBed } from './testing/collections.fixture.ts';
import { aggregateTool } from './tools/aggregate.ts';
import { findSimilarTool } from './tools/find-similar.ts';
import { getContextTool } from './tools/get-context.ts';
import { getObjectTool } from './tools/get-object.ts';
import { listCollectionsTool } from './tools/list-collections.ts';
import { searchTool } from './tools/search.ts';
import { Database } from './weaviate/database.ts';

const tenants = ['acme', 'acme-labs', 'Acme', 'globex'] as const;
const PER_TENANT = 6;
/** A word that only the objects of a tenant have. */
const markOf = (tenant: string) => `mark${Buffer.from(tenant).toString('hex')}end`;

describe.skipIf(skipped('weaviate', 'embeddings'))('tenants', () => {
  let bed: Bed;
  let database: Database;
  let library: Library;
  let tools: Readonly<Record<string, Tool>>;
  const owned = new Map<string, { readonly id: string; readonly collection: string }[]>();

  beforeAll(async () => {
    bed = await startBed();
    await createCollections(bed.client);
    for (const tenant of tenants) {
      const texts = Array.from(
        { length: PER_TENANT },
        (_, index) => `Tea number ${index} of the house, ${markOf(tenant)}`,
      );
      const shard = bed.client.collections.use('Tenants').withTenant(tenant);
      const inShard = await shard.data.insertMany(texts.map((text, size) => ({ text, size })));
      const inOwned = await bed.client.collections
        .use('Owned')
        .data.insertMany(texts.map((text) => ({ text, owner: tenant })));
      owned.set(tenant, [
        ...Object.values(inShard.uuids).map((id) => ({ id, collection: 'Tenants' })),
        ...Object.values(inOwned.uuids).map((id) => ({ id, collection: 'Owned' })),
      ]);
    }
    const parsed = parseEnvironment(weaviateServerConfig, bed.environment);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    const config = parsed.value;
    database = new Database(config);
    const catalogue = new Catalogue(
      async (signal) => (await database.collections(signal)).map(readCollection),
      300,
      Date.now,
    );
    library = new Library(catalogue, parsePolicy(policyYaml, 'policy.yaml'));
    const dependencies = { database, library, config };
    tools = {
      search: searchTool(dependencies),
      find_similar: findSimilarTool(dependencies),
      get_context: getContextTool(dependencies),
      get_object: getObjectTool(dependencies),
      aggregate: aggregateTool(dependencies),
      list_collections: listCollectionsTool(dependencies),
    } as unknown as Readonly<Record<string, Tool>>;
  });
  afterAll(async () => {
    await database?.close();
    await bed?.stop();
  });

  const call = (name: string, given: object, tenant?: string) => {
    const tool = tools[name];
    if (tool === undefined) throw new Error(`no tool ${name}`);
    return run(tool, given, callOf(callerOf(tenant)));
  };

  const collection = fc.constantFrom('Tenants', 'Owned');
  const tenant = fc.constantFrom(...tenants);
  const word = fc.constantFrom('tea', 'house', 'number', ...tenants.map(markOf));
  const leaf = fc.record({
    property: fc.constantFrom('text', '_id'),
    operator: fc.constantFrom('equal', 'not_equal'),
    value: fc.oneof(word, fc.uuid()),
  });
  const { tree: filter } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.record({ not: tie('tree') }),
      fc.record({ or: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }) }),
      fc.record({ and: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }) }),
    ),
  }));
  const asked = fc.oneof(
    fc.record({
      tool: fc.constant('search'),
      args: fc.record(
        {
          query: word,
          mode: fc.constantFrom('hybrid', 'near_text', 'keyword'),
          filter,
          explain: fc.boolean(),
          limit: fc.integer({ min: 1, max: 50 }),
          time_decay: fc.record({ half_life_days: fc.constant(3) }),
          diversity: fc.record({ balance: fc.constantFrom(0, 0.5, 1) }),
          group_by: fc.record({ property: fc.constant('text') }),
        },
        { requiredKeys: ['query'] },
      ),
    }),
    fc.record({
      tool: fc.constant('find_similar'),
      args: fc.record({ text: word, filter }, { requiredKeys: ['text'] }),
    }),
    fc.record({
      tool: fc.constant('get_context'),
      args: fc.record({ query: word, filter }, { requiredKeys: ['query'] }),
    }),
    fc.record({
      tool: fc.constant('aggregate'),
      args: fc.record({ group_by: fc.constant('text'), measure: fc.constant(['text']), filter }, { requiredKeys: [] }),
    }),
  );

  test('see nothing of each other, whatever is asked', async () => {
    let [answers, objects] = [0, 0];
    await fc.assert(
      fc.asyncProperty(tenant, collection, asked, async (own, name, { tool, args }) => {
        const answer = await call(tool, { collection: name, ...args }, own).catch((error: unknown) => {
          // A UUID compared with a text and the like: said so, and nothing is told.
          expect(error).toMatchObject({ name: 'ToolRefusal', code: 'argument' });
          return undefined;
        });
        if (answer === undefined) return;
        const all = JSON.stringify([answer.structured, answer.text]);
        for (const other of tenants) if (other !== own) expect(all).not.toContain(markOf(other));
        for (const other of tenants)
          if (other !== own) for (const { id } of owned.get(other) ?? []) expect(all).not.toContain(id);
        if (tool === 'aggregate') {
          const { rows } = answer.structured as {
            readonly rows: { readonly rows: readonly { readonly _count: number }[] };
          };
          for (const { _count } of rows.rows) expect(_count).toBeLessThanOrEqual(PER_TENANT);
        }
        answers += 1;
        objects += answer.counts?.objects ?? 0;
      }),
      { numRuns: 250, seed: 20_261_123 },
    );
    // Otherwise nothing was shown.
    expect(answers).toBeGreaterThan(60);
    expect(objects).toBeGreaterThan(200);
  });

  test('each find all of their own', async () => {
    for (const own of tenants) {
      for (const name of ['Tenants', 'Owned']) {
        const { structured } = await call('aggregate', { collection: name }, own);
        expect(structured).toMatchObject({ rows: { rows: [{ _count: PER_TENANT }] } });
        const { counts } = await call('search', { collection: name, query: 'tea', mode: 'near_text', limit: 50 }, own);
        expect(counts).toEqual({ objects: PER_TENANT });
      }
    }
  });

  test('cannot read, or find what is like, an object of another by its id', async () => {
    for (const own of tenants) {
      for (const other of tenants) {
        for (const { id, collection: name } of owned.get(other) ?? []) {
          const read = call('get_object', { collection: name, id }, own);
          if (own === other) await expect(read).resolves.toBeDefined();
          else await expect(read).rejects.toMatchObject({ code: 'not_found' });
        }
        const [first] = owned.get(other) ?? [];
        const similar = call('find_similar', first ?? {}, own);
        if (own === other) await expect(similar).resolves.toBeDefined();
        else await expect(similar).rejects.toMatchObject({ code: 'not_found' });
      }
    }
  });

  test('who has none is refused, and who is new finds nothing', async () => {
    for (const name of ['Tenants', 'Owned']) {
      for (const [tool, args] of [
        ['search', { query: 'tea' }],
        ['find_similar', { text: 'tea' }],
        ['get_context', { query: 'tea' }],
        ['aggregate', {}],
        ['get_object', { id: '00000000-0000-4000-8000-000000000000' }],
      ] as const) {
        await expect(call(tool, { collection: name, ...args })).rejects.toMatchObject({ code: 'policy' });
        await expect(call(tool, { collection: name, ...args }, ' ')).rejects.toMatchObject({ code: 'policy' });
      }
      const { counts } = await call('search', { collection: name, query: 'tea' }, 'newcomer');
      expect(counts).toEqual({ objects: 0 });
      expect((await call('aggregate', { collection: name }, 'newcomer')).structured).toMatchObject({
        rows: { rows: [{ _count: 0 }] },
      });
    }
    const { structured } = await call('list_collections', {}, 'newcomer');
    expect(JSON.stringify(structured)).toContain('"objects":0,"tenants":"yours"');
  });

  test.each(['../acme', 'acme/x', 'a'.repeat(65), 'acme\u0000', 'acme globex', '*', 'acme,globex', "acme' or '1'='1"])(
    'a tenant of the name %j is no way to another',
    async (name) => {
      await expect(call('search', { collection: 'Tenants', query: 'tea' }, name)).rejects.toMatchObject({
        code: 'policy',
      });
      const { counts } = await call('search', { collection: 'Owned', query: 'tea' }, name);
      expect(counts).toEqual({ objects: 0 });
    },
  );

  test('of a collection that tells them apart by words are told apart by nobody', async () => {
    await expect(call('search', { collection: 'OwnedLoosely', query: 'tea' }, 'acme')).rejects.toMatchObject({
      code: 'policy',
      message: expect.stringContaining('tokenization "field"'),
    });
  });
});
