import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { skipped } from '../../../testbed/skip.ts';
import { HIDDEN } from './testing/collections.fixture.ts';
import { type Asked, type Row, startAsked, titles } from './testing/server.fixture.ts';

describe.skipIf(skipped('weaviate', 'embeddings'))('the Weaviate server', () => {
  let asked: Asked;
  const ask: Asked['ask'] = (tool, args) => asked.ask(tool, args);
  const answered: Asked['answered'] = (tool, args) => asked.answered(tool, args);
  const refused: Asked['refused'] = (tool, args) => asked.refused(tool, args);
  const found: Asked['found'] = (args, tool) => asked.found(args, tool);

  beforeAll(async () => {
    asked = await startAsked();
  });
  afterAll(() => asked?.stop());

  test('lists its tools, prompts and resources', async () => {
    const { tools } = await asked.server.client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      'search',
      'find_similar',
      'get_context',
      'list_collections',
      'collection_schema',
      'get_object',
      'aggregate',
    ]);
    expect(tools.every(({ annotations }) => annotations?.readOnlyHint)).toBe(true);
    const { prompts } = await asked.server.client.listPrompts();
    expect(prompts.map(({ name }) => name)).toEqual(['answer_with_sources', 'explore_collection']);
    const prompt = await asked.server.client.getPrompt({
      name: 'answer_with_sources',
      arguments: { collection: 'Articles', question: 'Where is tea?' },
    });
    expect(JSON.stringify(prompt.messages)).toContain('get_context');
  });

  test('tells collections and schemas, without what the policy hides', async () => {
    const { structured, text } = await answered('list_collections', {});
    const { rows } = structured.rows as { readonly rows: Row[] };
    expect(rows.map(({ name, objects, tenants, searchable }) => [name, objects, tenants, searchable])).toEqual([
      ['Articles', 8, 'none', 'keyword, near_text, near_vector'],
      ['Owned', undefined, 'token needed', 'keyword, near_text, near_vector'],
      ['OwnedLoosely', undefined, 'token needed', 'keyword, near_text, near_vector'],
      ['Plain', 2, 'none', 'keyword, near_vector'],
      ['Tenants', undefined, 'token needed', 'keyword, near_text, near_vector'],
      ['Vault', 1, 'none', 'keyword'],
      ['Vectors', 4, 'none', 'keyword, near_vector'],
    ]);
    expect(text).not.toContain('Secrets');
    const schema = await answered('collection_schema', { collection: 'Articles' });
    const { rows: properties } = schema.structured.properties as { readonly rows: Row[] };
    expect(properties.map(({ name }) => name)).toEqual([
      'title',
      'body',
      'category',
      'views',
      'rating',
      'published',
      'tags',
      'reviewed',
      'place',
      'author',
      'author.name',
      'unindexed',
    ]);
    expect(properties.find(({ name }) => name === 'unindexed')).toMatchObject({ filter: false, keyword: false });
    expect(schema.structured.filters_also).toEqual(['_id', '_created', '_updated', 'is_null']);
    const resource = await asked.server.client.readResource({ uri: 'weaviate://collections/Articles/schema' });
    expect(JSON.stringify(resource.contents)).toContain('published');
    expect(JSON.stringify(resource.contents)).not.toMatch(/adminPassword|internalNote/);
    const completed = await asked.server.client.complete({
      ref: { type: 'ref/resource', uri: 'weaviate://collections/{collection}/schema' },
      argument: { name: 'collection', value: 'a' },
    });
    expect(completed.completion.values).toEqual(['Articles']);
  });

  describe('find_similar', () => {
    test('finds by id without the object itself, by text, and by a document that is not stored', async () => {
      const byId = await found({ id: asked.ids[0], limit: 2 }, 'find_similar');
      expect(titles(byId)[0]).toBe('Tea in Lisbon, again');
      expect(byId.rows.rows.map(({ _id }) => _id)).not.toContain(asked.ids[0]);
      expect(titles(await found({ text: 'railway at night', limit: 1 }, 'find_similar'))).toEqual(['Night trains']);
      const document = { title: 'Ships', body: 'A boat to the Greek islands' };
      expect(titles(await found({ document, limit: 1 }, 'find_similar'))).toEqual(['Ferries to the islands']);
    });

    test('wants exactly one to compare with, that the caller reaches', async () => {
      expect(await refused('find_similar', { collection: 'Articles' })).toContain('Exactly one');
      expect(await refused('find_similar', { collection: 'Articles', id: asked.ids[0], text: 'tea' })).toContain(
        'Exactly one',
      );
      expect(
        await refused('find_similar', { collection: 'Articles', id: '00000000-0000-4000-8000-000000000000' }),
      ).toContain('no object');
      expect(await refused('find_similar', { collection: 'Articles', document: { category: 'food' } })).toContain(
        'no text',
      );
      expect(await refused('find_similar', { collection: 'Plain', text: 'tea' })).toContain('keyword');
    });
  });

  describe('get_context', () => {
    test('packs passages once, with numbers to cite, within tokens counted exactly', async () => {
      const { structured, text } = await answered('get_context', {
        collection: 'Articles',
        query: 'tea in Lisbon',
        max_tokens: 400,
        texts: ['title', 'body'],
      });
      const {
        tokens,
        rows: passages,
        left_out,
      } = structured as unknown as {
        readonly tokens: number;
        readonly rows: {
          readonly rows: { readonly citation: number; readonly text: string; readonly id: string }[];
        };
        readonly left_out: { readonly id: string; readonly why: string; readonly of?: string }[];
      };
      const shown = passages.rows.map(({ citation, text: passage }) => `[${citation}] ${passage}`).join('\n\n');
      expect(text).toContain(shown);
      expect(countTokens(shown)).toBe(tokens);
      expect(tokens).toBeLessThanOrEqual(400);
      expect(left_out).toContainEqual({ id: asked.ids[1], why: 'duplicate', of: asked.ids[0] });
      expect(passages.rows.map(({ citation }) => citation)).toEqual(passages.rows.map((_, index) => index + 1));
    });

    test('never passes its tokens, however few', async () => {
      for (const max_tokens of [50, 70, 100, 150]) {
        const { structured } = await answered('get_context', { collection: 'Articles', query: 'tea', max_tokens });
        expect(structured.tokens).toBeLessThanOrEqual(max_tokens);
        expect(structured.tokens).toBeGreaterThan(20);
      }
    });
  });

  test('reads one object, without what is hidden', async () => {
    const { structured } = await answered('get_object', { collection: 'Articles', id: asked.ids[4] });
    const { rows } = structured.rows as { readonly rows: Row[] };
    expect(rows[0]).toMatchObject({
      _id: asked.ids[4],
      title: 'Night trains',
      author: { name: 'Author 4' },
      published: '2026-05-01T00:00:00.000Z',
    });
    expect(JSON.stringify(rows)).not.toMatch(/hunter2|zanzibar|nothing/);
    expect(
      await refused('get_object', { collection: 'Articles', id: '00000000-0000-4000-8000-000000000000' }),
    ).toContain('no object');
  });

  test('counts and measures', async () => {
    const all = await answered('aggregate', {
      collection: 'Articles',
      measure: ['views', 'published', 'reviewed', 'tags', 'rating'],
    });
    const { rows } = all.structured.rows as { readonly rows: Record<string, unknown>[] };
    expect(rows).toEqual([
      expect.objectContaining({
        _count: 8,
        'views.sum': 1770,
        'views.maximum': 500,
        'rating.mean': 4,
        'published.minimum': '2026-01-01T00:00:00Z',
        'reviewed.totalTrue': 3,
        'tags.topOccurrences': expect.arrayContaining([{ occurs: 4, value: 'food' }]),
      }),
    ]);
    const groups = await answered('aggregate', {
      collection: 'Articles',
      group_by: 'category',
      measure: ['views'],
      filter: { property: 'views', operator: 'greater_than', value: 85 },
    });
    const { rows: each } = groups.structured.rows as { readonly rows: Record<string, unknown>[] };
    expect(each.map(({ _group, _count, 'views.sum': sum }) => [_group, _count, sum])).toEqual([
      ['food', 3, 510],
      ['software', 2, 910],
      ['travel', 1, 210],
    ]);
  });

  test('finds nothing that is hidden, by any word', async () => {
    for (const word of HIDDEN) {
      for (const collection of ['Articles', 'Vault', 'Plain']) {
        const { text, structured } = await ask('search', { collection, query: word, mode: 'keyword', explain: true });
        expect(JSON.stringify(structured ?? {})).not.toContain(word);
        expect(text.replaceAll(JSON.stringify(word), '')).not.toContain(word);
        expect((structured?.rows as { readonly rows: Row[] } | undefined)?.rows ?? []).toEqual([]);
      }
    }
  });
});
