import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WeaviateIndex } from './weaviate-index.ts';

/** Takes connections, and never answers. */
const silence = createServer();
beforeAll(async () => {
  silence.listen(0, '127.0.0.1');
  await once(silence, 'listening');
});
afterAll(() => {
  silence.close();
});

// A rejection that nobody handles ends the service, and fails this file.
test('a Weaviate that takes connections and never answers is refused, each time', async () => {
  const { port } = silence.address() as AddressInfo;
  const index = new WeaviateIndex({
    httpHost: '127.0.0.1',
    httpPort: port,
    grpcPort: port,
    apiKey: 'key',
    collection: 'Memory',
    stems: () => [],
    now: Date.now,
    timeoutMilliseconds: 200,
  });
  for (let time = 0; time < 3; time++) await expect(index.check()).rejects.toThrow('weaviate does not answer');
  await new Promise((resolve) => setTimeout(resolve, 500));
});
