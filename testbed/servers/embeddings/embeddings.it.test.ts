import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { skipped } from '../../skip.ts';
import { type Embeddings, startEmbeddings } from './embeddings.ts';

type Vector = readonly number[];

const dot = (a: Vector, b: Vector) => a.reduce((sum, value, index) => sum + value * (b[index] as number), 0);

describe.skipIf(skipped('embeddings'))('embeddings', () => {
  let embeddings: Embeddings;

  beforeAll(async () => {
    embeddings = await startEmbeddings();
  });

  afterAll(() => embeddings?.stop());

  function post(path: string, body: unknown): Promise<Response> {
    const content = typeof body === 'string' ? body : JSON.stringify(body);
    return fetch(`${embeddings.url}${path}`, { method: 'POST', body: content });
  }

  async function embed(input: string | readonly string[]): Promise<readonly Vector[]> {
    const response = await post('/v1/embeddings', { input, model: embeddings.model });
    const { data } = (await response.json()) as { data: { index: number; embedding: Vector }[] };
    expect(data.map(({ index }) => index)).toEqual(data.map((_, index) => index));
    return data.map(({ embedding }) => embedding);
  }

  test('are those that Sentence Transformers documents for this model', async () => {
    // https://sbert.net, Quickstart: the similarities that it prints for these three.
    const vectors = await embed(['The weather is lovely today.', "It's so sunny outside!", 'He drove to the stadium.']);
    const [a, b, c] = vectors as [Vector, Vector, Vector];
    expect([dot(a, b), dot(a, c), dot(b, c)].map((value) => value.toFixed(4))).toEqual(['0.6660', '0.1046', '0.1411']);
  });

  test('have length 1, and do not depend on the texts that are embedded together', async () => {
    const text = 'Ann prefers tea';
    const [alone] = await embed(text);
    const other = Array.from(
      { length: 100 },
      (_, n) => `${'a much longer text about something else '.repeat(n % 9)}${n}`,
    );
    await embeddings.restart();
    const together = (await embed([...other, text])).at(-1) as Vector;
    expect(together).toHaveLength(embeddings.dimensions);
    expect(dot(together, together)).toBeCloseTo(1, 5);
    expect(dot(alone as Vector, together)).toBeCloseTo(1, 5);
  });

  test('are the same over both protocols', async () => {
    const text = 'a text, ein Text, 文本 🙂';
    const answer = (await (await post('/vectors', { text, config: { pooling_strategy: 'masked_mean' } })).json()) as {
      text: string;
      vector: Vector;
      dim: number;
    };
    expect({ ...answer, vector: [answer.vector] }).toEqual({ text, vector: await embed(text), dim: 384 });
    const meta = await fetch(`${embeddings.url}/meta`);
    expect(await meta.json()).toMatchObject({ model: embeddings.model });
  });

  test('of an empty text and of one longer than the model reads exist', async () => {
    const word = 'memory ';
    const [empty, long, longer] = await embed([
      '',
      word.repeat(300),
      `${word.repeat(300)} and what the model never reads`,
    ]);
    expect(empty).toHaveLength(384);
    expect(dot(long as Vector, longer as Vector)).toBeCloseTo(1, 6);
  });

  test.each([
    { path: '/vectors', body: 'no JSON', says: 'Expecting value' },
    { path: '/vectors', body: {}, says: 'text must be a text' },
    { path: '/v1/embeddings', body: { input: [] }, says: 'input must be a text or a list of at least one' },
    { path: '/v1/embeddings', body: { input: [1] }, says: 'input must be a text or a list of at least one' },
    { path: '/v1/embeddings', body: { input: 'a', encoding_format: 'base64' }, says: 'encoding_format must be float' },
  ])('of $body at $path are refused: $says', async ({ path, body, says }) => {
    const response = await post(path, body);
    expect(response.status).toBe(400);
    expect(((await response.json()) as { error: string }).error).toContain(says);
  });
});
