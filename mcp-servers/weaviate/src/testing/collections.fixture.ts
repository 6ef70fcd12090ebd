/** Collections of each kind that this server meets, in a real Weaviate. */
import weaviate, { type WeaviateClient } from 'weaviate-client';
import { type Embeddings, startEmbeddings } from '../../../../testbed/servers/embeddings/embeddings.ts';
import { startWeaviate, type Weaviate } from '../../../../testbed/servers/weaviate.ts';

export const API_KEY = 'key-of-the-test';
/** Words that only hidden properties have: they must be in no answer. */
export const HIDDEN = ['zanzibar', 'hunter2', 'quokka', 'sk-live-777', 'vicuna', 'axolotl'] as const;

export const policyYaml = `
version: 1
collections:
  "*": { read: true }
  Secrets: { read: false }
  Articles: { read: true, hide: [internalNote] }
  Owned: { read: true, tenantProperty: owner, hide: [owner] }
  OwnedLoosely: { read: true, tenantProperty: owner }
`;

export interface Bed {
  readonly server: Weaviate;
  readonly embeddings: Embeddings;
  readonly client: WeaviateClient;
  /** Settings that reach it. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export async function startBed(): Promise<Bed> {
  const embeddings = await startEmbeddings();
  const server = await startWeaviate({ apiKey: API_KEY, inferenceUrl: embeddings.url });
  const client = await weaviate.connectToCustom({
    httpHost: '127.0.0.1',
    httpPort: server.port,
    httpSecure: false,
    grpcHost: '127.0.0.1',
    grpcPort: server.grpcPort,
    grpcSecure: false,
    authCredentials: new weaviate.ApiKey(API_KEY),
    skipInitChecks: true,
  });
  return {
    server,
    embeddings,
    client,
    environment: {
      WEAVIATE_HTTP_HOST: '127.0.0.1',
      WEAVIATE_HTTP_PORT: String(server.port),
      WEAVIATE_GRPC_PORT: String(server.grpcPort),
      WEAVIATE_API_KEY: API_KEY,
      WEAVIATE_TIMEOUT_MS: '20000',
    },
    async stop() {
      await client.close();
      await server.stop();
      await embeddings.stop();
    },
  };
}

const { configure } = weaviate;
const exact = { tokenization: 'field' } as const;

export interface Article {
  readonly title: string;
  readonly body: string;
  readonly category: string;
  readonly views: number;
  readonly published: Date;
}

export const articles: readonly Article[] = [
  article(
    'Tea in Lisbon',
    'In Lisbon tea is drunk in the afternoon with custard tarts near the river.',
    'food',
    120,
    0,
  ),
  article(
    'Tea in Lisbon, again',
    'In Lisbon tea is drunk in the afternoon with custard tarts near the river!',
    'food',
    80,
    30,
  ),
  article('Coffee in Rome', 'Romans stand at the bar and drink an espresso in one go.', 'food', 300, 60),
  article('Green tea of Kyoto', 'Matcha is whisked green tea from the hills of Uji near Kyoto.', 'food', 90, 90),
  article('Night trains', 'Sleeper trains connect Vienna with Paris and Berlin again.', 'travel', 210, 120),
  article('Ferries to the islands', 'Boats leave Piraeus for the Cyclades every morning.', 'travel', 60, 150),
  article(
    'Vector databases',
    'Approximate nearest neighbour search finds similar embeddings quickly.',
    'software',
    500,
    180,
  ),
  article('Index structures', 'An inverted index maps words to the documents that contain them.', 'software', 410, 210),
];

/** @param day days after 2026-01-01 */
function article(title: string, body: string, category: string, views: number, day: number): Article {
  return { title, body, category, views, published: new Date(Date.UTC(2026, 0, 1 + day)) };
}

/** @returns ids of the articles, in their order */
export async function createCollections(client: WeaviateClient): Promise<readonly string[]> {
  await client.collections.create({
    name: 'Articles',
    description: 'What was written about tea and other things',
    invertedIndex: configure.invertedIndex({ indexNullState: true, indexTimestamps: true }),
    vectorizers: configure.vectors.text2VecTransformers({ sourceProperties: ['title', 'body'] }),
    properties: [
      { name: 'title', dataType: 'text' },
      { name: 'body', dataType: 'text', description: 'The whole text' },
      { name: 'category', dataType: 'text', ...exact },
      { name: 'views', dataType: 'int' },
      { name: 'rating', dataType: 'number' },
      { name: 'published', dataType: 'date' },
      { name: 'tags', dataType: 'text[]', ...exact },
      { name: 'reviewed', dataType: 'boolean' },
      { name: 'place', dataType: 'geoCoordinates' },
      {
        name: 'author',
        dataType: 'object',
        nestedProperties: [
          { name: 'name', dataType: 'text' },
          { name: 'password', dataType: 'text' },
        ],
      },
      { name: 'unindexed', dataType: 'text', indexFilterable: false, indexSearchable: false },
      { name: 'adminPassword', dataType: 'text' },
      { name: 'internalNote', dataType: 'text' },
    ],
  });
  const { uuids } = await client.collections.use('Articles').data.insertMany(
    articles.map((one, index) => ({
      properties: {
        ...one,
        rating: index + 0.5,
        tags: [one.category, index % 2 === 0 ? 'even' : 'odd'],
        reviewed: index < 3,
        place: { latitude: 38 + index, longitude: -9 },
        author: { name: `Author ${index}`, password: 'hunter2' },
        unindexed: `kept ${index}`,
        adminPassword: index === 4 ? 'zanzibar' : 'nothing',
        internalNote: index === 5 ? 'quokka' : 'nothing',
      },
    })),
  );
  await client.collections.create({
    name: 'Plain',
    properties: [{ name: 'text', dataType: 'text' }],
  });
  await client.collections.use('Plain').data.insertMany([{ text: 'tea without any vector' }, { text: 'coffee' }]);
  await client.collections.create({
    name: 'Vectors',
    vectorizers: configure.vectors.selfProvided({
      vectorIndexConfig: configure.vectorIndex.hnsw({ distanceMetric: 'cosine' }),
    }),
    properties: [{ name: 'label', dataType: 'text' }],
  });
  await client.collections.use('Vectors').data.insertMany([
    { properties: { label: 'east' }, vectors: [1, 0, 0] },
    { properties: { label: 'nearly east' }, vectors: [0.98, 0.2, 0] },
    { properties: { label: 'east once more' }, vectors: [1, 0.01, 0] },
    { properties: { label: 'north' }, vectors: [0.6, 0.8, 0] },
  ]);
  await client.collections.create({
    name: 'Vault',
    vectorizers: configure.vectors.text2VecTransformers(),
    properties: [
      { name: 'title', dataType: 'text' },
      { name: 'apiKey', dataType: 'text' },
    ],
  });
  await client.collections.use('Vault').data.insertMany([{ title: 'payments', apiKey: 'sk-live-777' }]);
  await client.collections.create({ name: 'Secrets', properties: [{ name: 'text', dataType: 'text' }] });
  await client.collections.use('Secrets').data.insertMany([{ text: 'vicuna' }]);
  for (const [name, tokenization] of [
    ['Owned', 'field'],
    ['OwnedLoosely', 'word'],
  ] as const) {
    await client.collections.create({
      name,
      vectorizers: configure.vectors.text2VecTransformers({ sourceProperties: ['text'] }),
      properties: [
        { name: 'text', dataType: 'text' },
        { name: 'owner', dataType: 'text', tokenization },
      ],
    });
  }
  await client.collections.create({
    name: 'Tenants',
    multiTenancy: configure.multiTenancy({ enabled: true, autoTenantCreation: true, autoTenantActivation: true }),
    vectorizers: configure.vectors.text2VecTransformers({ sourceProperties: ['text'] }),
    properties: [
      { name: 'text', dataType: 'text' },
      { name: 'size', dataType: 'int' },
    ],
  });
  return Object.values(uuids);
}
