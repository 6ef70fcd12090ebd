import { startForTest } from '@ai-orchestra/mcp-kit/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import weaviate from 'weaviate-client';
import { skipped } from '../../../../testbed/skip.ts';
import { weaviateServer } from '../server.ts';
import { articles } from '../testing/collections.fixture.ts';
import { type Asked, type Row, type Searched, startAsked, titles } from '../testing/server.fixture.ts';

describe.skipIf(skipped('weaviate', 'embeddings'))('search', () => {
  let asked: Asked;
  const refused: Asked['refused'] = (tool, args) => asked.refused(tool, args);
  const found: Asked['found'] = (args, tool) => asked.found(args, tool);

  beforeAll(async () => {
    asked = await startAsked();
  });
  afterAll(() => asked?.stop());

  test('finds by words and meaning, and marks what it found as untrusted', async () => {
    const one = await found({ query: 'tea', limit: 3 });
    expect(one.searched).toBe('hybrid');
    expect(one.rows.trust).toBe('untrusted');
    expect(titles(one)[0]).toMatch(/tea/i);
    expect(one.rows.rows[0]).toMatchObject({
      _id: expect.any(String),
      category: 'food',
      author: { name: expect.any(String) },
    });
    expect(one.rows.rows[0]).not.toHaveProperty('adminPassword');
    expect(titles(await found({ query: 'sleeping on rails', mode: 'near_text', limit: 1 }))).toEqual(['Night trains']);
    expect(titles(await found({ query: 'espresso', mode: 'keyword' }))).toEqual(['Coffee in Rome']);
    expect(titles(await found({ query: 'Uji', mode: 'keyword', search_in: ['title'] }))).toEqual([]);
  });

  test('takes a vector of the caller, alone or with words', async () => {
    const near = await found({ collection: 'Vectors', mode: 'near_vector', vector: [1, 0, 0], limit: 2 });
    expect(near.rows.rows.map(({ label }) => label)).toEqual(['east', 'east once more']);
    expect(near.rows.rows[0]?._score).toBeCloseTo(1, 5);
    const both = await found({ collection: 'Vectors', query: 'north', vector: [1, 0, 0], alpha: 0, limit: 1 });
    expect([both.searched, both.rows.rows[0]?.label]).toEqual(['hybrid', 'north']);
    expect(await refused('search', { collection: 'Vectors', mode: 'near_vector', vector: [1, 0] })).toContain(
      'dimensions',
    );
  });

  test('weighs words and vectors by MCP_ALPHA where the caller says nothing', async () => {
    const words = await startForTest(weaviateServer, { ...asked.bed.environment, MCP_ALPHA: '0' });
    const { structuredContent } = await words.call('search', {
      collection: 'Articles',
      query: 'espresso',
      explain: true,
    });
    await words.stop();
    const { rows: results } = structuredContent as unknown as {
      readonly rows: { readonly rows: { readonly _why: object }[] };
    };
    expect(results.rows.map(({ _why }) => Object.keys(_why))).toEqual([['keyword']]);
  });

  test('says where it searched by words alone, and refuses meaning alone', async () => {
    const plain = await found({ collection: 'Plain', query: 'tea' });
    expect([plain.searched, plain.rows.rows.length]).toEqual(['keyword', 1]);
    expect(plain.notes[0]).toContain('words alone');
    expect(await refused('search', { collection: 'Plain', query: 'tea', mode: 'near_text' })).toMatch(/keyword/);
    expect(await refused('search', { collection: 'Vectors', query: 'tea', mode: 'near_text' })).toMatch(/near_vector/);
    const vault = await found({ collection: 'Vault', query: 'payments' });
    expect([vault.searched, vault.notes[0]]).toEqual(['keyword', expect.stringContaining('may not be read')]);
    expect(await refused('search', { collection: 'Vault', query: 'sk-live', mode: 'near_text' })).toContain('policy');
  });

  test.each([
    [{ property: 'category', operator: 'equal', value: 'travel' }, ['Night trains', 'Ferries to the islands']],
    [{ property: 'views', operator: 'greater_or_equal', value: 410 }, ['Vector databases', 'Index structures']],
    [{ property: 'rating', operator: 'less_than', value: 1 }, ['Tea in Lisbon']],
    [{ property: 'rating', operator: 'equal', value: 2.5 }, ['Coffee in Rome']],
    [
      { property: 'published', operator: 'greater_than', value: '2026-06-15' },
      ['Vector databases', 'Index structures'],
    ],
    [{ property: 'published', operator: 'less_than', value: '2026-01-01T00:00:01Z' }, ['Tea in Lisbon']],
    [{ property: 'tags', operator: 'contains_all', value: ['travel', 'odd'] }, ['Ferries to the islands']],
    [{ property: 'views', operator: 'equal', value: 60 }, ['Ferries to the islands']],
    [{ property: 'title', operator: 'like', value: 'fer*' }, ['Ferries to the islands']],
    [{ property: 'place', operator: 'within_km', value: { latitude: 42, longitude: -9, km: 10 } }, ['Night trains']],
    [
      {
        and: [
          { property: 'reviewed', operator: 'equal', value: true },
          { property: 'views', operator: 'greater_than', value: 200 },
        ],
      },
      ['Coffee in Rome'],
    ],
    [
      {
        or: [
          { property: 'views', operator: 'equal', value: 60 },
          { property: 'views', operator: 'equal', value: 210 },
        ],
      },
      ['Night trains', 'Ferries to the islands'],
    ],
    [
      { not: { property: 'category', operator: 'contains_any', value: ['food', 'software'] } },
      ['Night trains', 'Ferries to the islands'],
    ],
    [{ and: [{ property: 'title', operator: 'is_null', value: true }] }, []],
    [{ and: [{ property: '_created', operator: 'less_than', value: '2020-01-01' }] }, []],
  ])('filters by %j', async (filter, expected) => {
    const { rows: results } = await found({ query: 'travel by boat or train', mode: 'near_text', filter, limit: 20 });
    expect(results.rows.map(({ title }) => title).sort()).toEqual([...expected].sort());
  });

  test('filters lists of numbers, whole or not', async () => {
    const values = async (property: string, value: readonly unknown[]) => {
      const filter = { property, operator: 'contains_any', value };
      const { rows: results } = await found({ query: 'tea', mode: 'near_text', filter });
      return results.rows.map((row) => row[property]).sort();
    };
    expect(await values('views', [60, 80])).toEqual([60, 80]);
    expect(await values('rating', [0.5, 2.5])).toEqual([0.5, 2.5]);
    expect(await values('rating', [1, 2.5, 3])).toEqual([2.5]);
    expect(await values('rating', [1, 2])).toEqual([]);
    expect(await values('published', ['2026-01-01', '2026-05-01'])).toHaveLength(2);
    const byId = await found({
      query: 'tea',
      filter: { property: '_id', operator: 'contains_any', value: [asked.ids[4]] },
    });
    expect(byId.rows.rows.map(({ _id }) => _id)).toEqual([asked.ids[4]]);
  });

  test('tells every mistake of a filter at once', async () => {
    const told = await refused('search', {
      collection: 'Articles',
      query: 'tea',
      filter: {
        and: [
          { property: 'views', operator: 'equal', value: 'many' },
          { property: 'nothing', operator: 'equal', value: 1 },
          { property: 'published', operator: 'greater_than', value: 'yesterday' },
          { property: 'title', operator: 'greater_than', value: 'a' },
          { property: 'unindexed', operator: 'equal', value: 'a' },
        ],
      },
    });
    for (const where of ['filter.and.0', 'filter.and.1', 'filter.and.2', 'filter.and.3', 'filter.and.4'])
      expect(told).toContain(where);
  });

  test('lets what is old fade', async () => {
    const query = { query: 'tea in Lisbon', mode: 'near_text', limit: 2, explain: true };
    const before = await found(query);
    expect(titles(before)).toContain('Tea in Lisbon');
    const after = await found({ ...query, time_decay: { property: 'published', half_life_days: 10, weight: 1 } });
    expect(titles(after)).not.toContain('Tea in Lisbon');
    const { _why: why, _score: score } = after.rows.rows[0] as Row & {
      readonly _why: { readonly decay: number; readonly relevance: number };
    };
    expect(why.decay * why.relevance).toBeCloseTo(score, 5);
    const written = await found({ ...query, time_decay: { half_life_days: 1 } });
    expect(written.rows.rows.map(({ _why }) => (_why as { readonly decay: number }).decay > 0.99)).toEqual([
      true,
      true,
    ]);
  });

  test('leaves near-copies for later', async () => {
    const query = { query: 'tea with custard tarts by the river in Lisbon', mode: 'near_text', limit: 2 };
    expect(titles(await found(query)).every((title) => String(title).startsWith('Tea in Lisbon'))).toBe(true);
    const varied = await found({ ...query, diversity: { balance: 0.3 }, explain: true });
    expect(titles(varied).filter((title) => String(title).startsWith('Tea in Lisbon'))).toHaveLength(1);
    const vectors = await found({
      collection: 'Vectors',
      mode: 'near_vector',
      vector: [1, 0, 0],
      limit: 2,
      diversity: { balance: 0.4 },
    });
    expect(vectors.rows.rows.map(({ label }) => label)).toEqual(['east', 'north']);
  });

  test('ends where the scores jump', async () => {
    const all = await found({ query: 'Lisbon tea custard tarts', mode: 'near_text', limit: 8 });
    const cut = await found({ query: 'Lisbon tea custard tarts', mode: 'near_text', limit: 8, autocut: 1 });
    expect(all.rows.rows).toHaveLength(8);
    expect(titles(cut)).toEqual(titles(all).slice(0, cut.rows.rows.length));
    expect(cut.rows.rows.length).toBeLessThan(4);
  });

  test('groups and sorts what it finds', async () => {
    const groups = await found({
      query: 'tea',
      mode: 'near_text',
      limit: 10,
      group_by: { property: 'category', groups: 2, per_group: 2 },
    });
    const names = groups.rows.rows.map(({ _group }) => _group);
    expect(new Set(names).size).toBe(2);
    expect(names).toHaveLength(4);
    expect(names[0]).toBe('food');
    const sorted = await found({
      query: 'tea',
      mode: 'near_text',
      limit: 8,
      sort: { property: 'views', order: 'descending' },
    });
    expect(sorted.rows.rows.map(({ views }) => views)).toEqual(
      articles.map(({ views }) => views).sort((a, b) => b - a),
    );
  });

  test('explains a score in numbers', async () => {
    const { rows: results } = await found({ query: 'tea trains', explain: true, limit: 8 });
    for (const { _why, _score } of results.rows as (Row & {
      readonly _why: { readonly keyword?: number; readonly vector?: number };
    })[]) {
      expect((_why.keyword ?? 0) + (_why.vector ?? 0)).toBeCloseTo(_score, 4);
    }
    const words = await found({ query: 'tea trains', mode: 'keyword', explain: true });
    expect(words.rows.rows.map(({ _why }) => _why)).toContainEqual({ words: { trains: 1 } });
  });

  test.each([
    ['in the order of Weaviate', {}],
    ['ranked anew', { time_decay: { property: 'published', half_life_days: 100 } }],
    ['with variety', { diversity: { balance: 0.7 } }],
  ])('goes on with a cursor, %s', async (_how, ranking) => {
    const args = { query: 'tea', mode: 'near_text', properties: ['title'], ...ranking };
    const whole = await found({ ...args, limit: 8 });
    const pages: unknown[] = [];
    let cursor: string | undefined;
    do {
      const page = await found({ ...args, limit: 3, ...(cursor && { cursor }) });
      pages.push(...titles(page));
      cursor = page.rows.cursor;
    } while (cursor !== undefined);
    expect(pages).toEqual(titles(whole));
    expect(pages).toHaveLength(8);
  });

  test('takes a cursor for the same search alone', async () => {
    const first = await found({ query: 'tea', limit: 2 });
    const { cursor } = first.rows;
    expect(cursor).toBeDefined();
    expect(await refused('search', { collection: 'Articles', query: 'coffee', limit: 2, cursor })).toContain(
      'other arguments',
    );
    expect(
      await refused('search', {
        collection: 'Articles',
        query: 'tea',
        limit: 2,
        cursor: `${cursor?.slice(0, -2)}AA`,
      }),
    ).toContain('cursor');
  });

  test('gives no more objects and bytes than are allowed', async () => {
    const tight = await startForTest(weaviateServer, {
      ...asked.bed.environment,
      MCP_QUERY_OBJECTS: '5',
      MCP_QUERY_BYTES: '1024',
    });
    const over = await tight.call('search', { collection: 'Articles', query: 'tea', limit: 6 });
    expect(over.isError).toBe(true);
    const { structuredContent } = await tight.call('search', {
      collection: 'Articles',
      query: 'tea',
      limit: 5,
      mode: 'near_text',
    });
    await tight.stop();
    const { rows: results, notes } = structuredContent as unknown as {
      readonly rows: { readonly rows: Row[]; readonly cursor: string };
      readonly notes: string[];
    };
    expect(results.rows.length).toBeGreaterThan(0);
    expect(results.rows.length).toBeLessThan(5);
    expect(Buffer.byteLength(JSON.stringify(results.rows))).toBeLessThan(1300);
    expect(results.cursor).toBeDefined();
    expect(notes.join(' ')).toContain('bytes');
  });

  test('goes through a hybrid search in one order, as far down as it has one', async () => {
    const many = asked.bed.client.collections.use('Many');
    const words = ['tea', 'coffee', 'boat', 'train', 'river', 'night', 'city'];
    await asked.bed.client.collections.create({
      name: 'Many',
      vectorizers: weaviate.configure.vectors.selfProvided(),
      properties: [{ name: 'text', dataType: 'text' }],
    });
    await many.data.insertMany(
      Array.from({ length: 160 }, (_, index) => ({
        properties: { text: words.filter((_word, bit) => ((index + 1) * 37) & (1 << bit)).join(' ') },
        vectors: [Math.sin(index), Math.cos(index * 3), Math.sin(index * 7)],
      })),
    );
    const server = await startForTest(weaviateServer, {
      ...asked.bed.environment,
      MCP_QUERY_OBJECTS: '100',
      MCP_RATE_LIMIT_PER_SECOND: '1000',
    });
    const page = async (limit: number, cursor?: string) => {
      const args = {
        collection: 'Many',
        query: 'tea river night',
        vector: [1, 0, 0],
        limit,
        ...(cursor && { cursor }),
      };
      const { structuredContent } = await server.call('search', args);
      return structuredContent as unknown as Searched;
    };
    const whole = (await page(100)).rows.rows.map(({ _id }) => _id);
    const pages: Searched[] = [];
    do pages.push(await page(15, pages.at(-1)?.rows.cursor));
    while (pages.at(-1)?.rows.cursor !== undefined);
    await server.stop();
    expect(pages.flatMap(({ rows }) => rows.rows.map(({ _id }) => _id))).toEqual(whole);
    expect(new Set(whole).size).toBe(100);
    expect(pages.at(-1)?.notes.join()).toContain('no further down');
  });
});
