import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Embeddings, startEmbeddings } from '../../../../testbed/servers/embeddings/embeddings.ts';
import { skipped } from '../../../../testbed/skip.ts';
import { type Embedder, EmbedderUnavailable, WrongVectors } from './embedder.ts';
import { openAiEmbedder } from './openai.ts';
import { transformersEmbedder } from './transformers.ts';
import { cosine } from './vectors.ts';

describe.skipIf(skipped('embeddings'))('embedders, with all-MiniLM-L6-v2', () => {
  let server: Embeddings;
  let embedders: readonly Embedder[];

  beforeAll(async () => {
    server = await startEmbeddings();
    const settings = {
      url: server.url,
      model: server.model,
      dimensions: server.dimensions,
      timeoutMilliseconds: 60_000,
    };
    embedders = [transformersEmbedder(settings), openAiEmbedder(settings)];
  });

  afterAll(() => server?.stop());

  test('of both protocols give the same vectors, in the order of the texts', async () => {
    const texts = ['a dog in the park', 'naïve 東京', 'my car broke down', ' '];
    const [first = [], second = []] = await Promise.all(embedders.map((embedder) => embedder.embed(texts)));
    expect(first).toHaveLength(texts.length);
    for (const [index, vector] of first.entries()) expect(cosine(vector, second[index] ?? [])).toBeCloseTo(1, 4);
  });

  test('put what means the same nearer than what does not', async () => {
    for (const embedder of embedders) {
      const [dog = [], puppy = [], tax = []] = await embedder.embed([
        'The dog plays outside',
        'A puppy is running around in the garden',
        'Taxes are due in April',
      ]);
      expect(cosine(dog, puppy)).toBeGreaterThan(cosine(dog, tax) + 0.2);
    }
  });

  test('check that vectors are of the dimensions that are configured', async () => {
    for (const embedder of embedders) await embedder.check();
    const settings = { url: server.url, model: 'another', dimensions: 768 };
    for (const embedder of [transformersEmbedder(settings), openAiEmbedder(settings)])
      await expect(embedder.check()).rejects.toThrow(WrongVectors);
  });

  test('say in time that a service hangs, or is gone, and go on when it is back', async () => {
    const settings = { url: server.url, model: server.model, dimensions: server.dimensions };
    const impatient = openAiEmbedder({ ...settings, timeoutMilliseconds: 300 });
    server.pause();
    await expect(impatient.embed(['tea'])).rejects.toThrow(/no answer in 300 ms/);
    server.resume();
    await server.kill();
    for (const embedder of embedders) await expect(embedder.embed(['tea'])).rejects.toThrow(EmbedderUnavailable);
    await server.restart();
    for (const embedder of embedders) expect(await embedder.embed(['tea'])).toHaveLength(1);
  });
});
