import { createHash } from 'node:crypto';
import weaviate, { type Collection, type WeaviateClient } from 'weaviate-client';

/** The model that vectors come from; vectors of two models are never compared. */
export interface VectorModel {
  readonly model: string;
  readonly dimensions: number;
}

/** What the collection holds of an entry, or of the removal of one. */
export type Properties = {
  kind: string;
  reference: string;
  tier: string;
  version: number;
  /** The entry must not be found; it stays for a while against an older one that comes late. */
  removed: boolean;
  namespace: string;
  subjectId?: string;
  sessionId?: string;
  agentId?: string;
  type: string;
  at: number;
  /** `never` for what does not expire, as absent values cannot be compared. */
  expiresAt: number;
  /** Stems with a space between, which BM25 searches. */
  stems: string;
  /** Number of stems. */
  length: number;
  text: string;
  speaker?: string;
  /** Names of the vectors that the object has. */
  vectors: string[];
};

export type Entries = Collection<Properties, string>;

/** Later than any time. */
export const never = Number.MAX_SAFE_INTEGER;

/** Weaviate has named vectors only where a collection began with one. Nothing ever has this one. */
const FIRST_VECTOR = 'none';

/**
 * A vector's name says its model and length, so that those of two models lie apart. What a name may not hold is replaced; the hash
 * keeps those apart that then are the same.
 */
export function vectorName({ model, dimensions }: VectorModel): string {
  const hash = createHash('sha256').update(model).digest('hex').slice(0, 8);
  return `m_${model.replace(/[^A-Za-z0-9]+/g, '_').slice(0, 100)}_${dimensions}_${hash}`;
}

const plain = /^[a-z0-9_-]{4,64}$/;

/** Tenants whose names Weaviate does not take, or may not tell apart on disk, get a hash for a name. */
export function tenantName(tenant: string): string {
  if (plain.test(tenant) && !tenant.startsWith('h-')) return tenant;
  return `h-${createHash('sha256').update(tenant).digest('hex').slice(0, 48)}`;
}

const { configure } = weaviate;

const filtered = { dataType: 'text', tokenization: 'field', indexFilterable: true, indexSearchable: false } as const;
const compared = { dataType: 'number', indexFilterable: false, indexRangeFilters: true } as const;
const kept = { dataType: 'text', indexFilterable: false, indexSearchable: false } as const;
const words = { dataType: 'text', tokenization: 'whitespace', indexFilterable: true, indexSearchable: true } as const;

const vectorOf = (name: string) =>
  configure.vectors.selfProvided({
    name,
    vectorIndexConfig: configure.vectorIndex.hnsw({ distanceMetric: 'cosine' }),
  });

/** Makes the collection, and its vector for this model, where they are not there yet. */
export async function openCollection(client: WeaviateClient, name: string, model?: VectorModel): Promise<Entries> {
  const collection = client.collections.use<string, Properties>(name);
  if (!(await collection.exists())) await orElseThere(create(client, name));
  if (model !== undefined) {
    const { vectorizers } = await collection.config.get();
    const vector = vectorName(model);
    if (!(vector in vectorizers)) await orElseThere(collection.config.addVector(vectorOf(vector)));
  }
  return collection;
}

async function create(client: WeaviateClient, name: string): Promise<void> {
  await client.collections.create({
    name,
    description: 'What the memory service finds memories and messages by. Made from its stores, and never believed.',
    multiTenancy: configure.multiTenancy({ enabled: true, autoTenantCreation: true, autoTenantActivation: true }),
    invertedIndex: configure.invertedIndex({ stopwordsPreset: 'none', indexTimestamps: true }),
    vectorizers: [vectorOf(FIRST_VECTOR)],
    properties: [
      { name: 'kind', ...filtered },
      { name: 'reference', ...kept },
      { name: 'tier', ...filtered },
      { name: 'version', dataType: 'int', indexFilterable: false },
      { name: 'removed', dataType: 'boolean', indexFilterable: true },
      { name: 'namespace', ...filtered },
      { name: 'subjectId', ...filtered },
      { name: 'sessionId', ...filtered },
      { name: 'agentId', ...filtered },
      { name: 'type', ...filtered },
      { name: 'at', ...compared },
      { name: 'expiresAt', ...compared },
      { name: 'stems', ...words },
      { name: 'length', dataType: 'int', indexFilterable: false },
      { name: 'text', ...kept },
      { name: 'speaker', ...kept },
      { name: 'vectors', ...filtered, dataType: 'text[]' },
    ],
  });
}

/** Another replica may have made it at the same time. */
async function orElseThere(made: Promise<unknown>): Promise<void> {
  try {
    await made;
  } catch (error) {
    if (!(error instanceof Error && /already exists/i.test(error.message))) throw error;
  }
}
