/** What a real inference service cannot be made to answer is answered by a server of the test; see embedder.it.test.ts for the rest. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { type Embedder, EmbedderRefused, EmbedderUnavailable, WrongVectors } from './embedder.ts';
import { openAiEmbedder } from './openai.ts';
import { transformersEmbedder } from './transformers.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Answers every request by its JSON body. */
const answer = (make: (body: { input: string[]; text: string }) => { status?: number; body: unknown }) =>
  serve(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { status = 200, body } = make(JSON.parse(Buffer.concat(chunks).toString()));
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
  });

const settings = { model: 'small', dimensions: 2 };
const kinds: readonly [string, (url: string) => Embedder][] = [
  ['transformersEmbedder', (url) => transformersEmbedder({ url, ...settings })],
  ['openAiEmbedder', (url) => openAiEmbedder({ url, ...settings })],
];

describe.each(kinds)('%s', (_, make) => {
  test.each([429, 500, 503])('takes status %i for an outage', async (status) => {
    const url = await answer(() => ({ status, body: 'busy' }));
    await expect(make(url).embed(['tea'])).rejects.toThrow(EmbedderUnavailable);
  });

  test.each([400, 401, 404])('takes status %i for a refusal, and shows what it says', async (status) => {
    const url = await answer(() => ({ status, body: 'no such model' }));
    const refused = await make(url)
      .embed(['tea'])
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(EmbedderRefused);
    expect(refused).toMatchObject({ status, message: expect.stringContaining('no such model') });
  });

  test.each([
    ['no JSON', 'hello', EmbedderUnavailable],
    ['no vector', {}, WrongVectors],
    ['no numbers', { vector: ['a', 'b'], data: [{ index: 0, embedding: ['a', 'b'] }] }, WrongVectors],
    ['other dimensions', { vector: [1, 0, 0], data: [{ index: 0, embedding: [1, 0, 0] }] }, WrongVectors],
    ['a vector without length', { vector: [0, 0], data: [{ index: 0, embedding: [0, 0] }] }, WrongVectors],
  ])('does not take %s for vectors', async (_what, body, type) => {
    const url = await answer(() => ({ body }));
    await expect(make(url).embed(['tea'])).rejects.toThrow(type);
  });

  test('says that nothing listens', async () => {
    const url = await serve(() => {});
    await new Promise((resolve) => servers.splice(0)[0]?.close(resolve));
    await expect(make(url).embed(['tea'])).rejects.toThrow(/ECONNREFUSED.*Try again later/s);
  });

  test('ends with the signal of its caller, and throws its reason', async () => {
    const stop = new AbortController();
    const url = await serve(() => stop.abort(new Error('not needed any more')));
    await expect(make(url).embed(['tea'], { signal: stop.signal })).rejects.toThrow('not needed any more');
  });

  test('makes every vector of length 1', async () => {
    const url = await answer(() => ({ body: { vector: [3, 4], data: [{ index: 0, embedding: [3, 4] }] } }));
    expect(await make(url).embed(['tea'])).toEqual([[0.6, 0.8]]);
  });

  test('asks nobody for no texts', async () => {
    expect(await make('http://127.0.0.1:1').embed([])).toEqual([]);
  });
});

describe('openAiEmbedder', () => {
  test('sends texts in batches with its key, and keeps their order whatever the order of the answer', async () => {
    const sizes: number[] = [];
    const keys = new Set<string | undefined>();
    const url = await serve(async (request, response) => {
      keys.add(request.headers.authorization);
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { input } = JSON.parse(Buffer.concat(chunks).toString()) as { input: string[] };
      sizes.push(input.length);
      const data = input.map((text, index) => ({ index, embedding: [Number(text), 1] })).toReversed();
      response.end(JSON.stringify({ data }));
    });
    const embedder = openAiEmbedder({ url, ...settings, apiKey: 'key', batch: 2, concurrency: 2 });
    const vectors = await embedder.embed(['1', '2', '3', '4', '5']);
    expect(vectors.map(([x = 0, y = 0]) => Math.round(x / y))).toEqual([1, 2, 3, 4, 5]);
    expect(sizes.toSorted()).toEqual([1, 2, 2]);
    expect([...keys]).toEqual(['Bearer key']);
  });

  test('does not take fewer vectors than texts', async () => {
    const url = await answer(() => ({ body: { data: [{ index: 0, embedding: [1, 0] }] } }));
    await expect(openAiEmbedder({ url, ...settings }).embed(['a', 'b'])).rejects.toThrow('1 vectors for 2 texts');
  });
});
