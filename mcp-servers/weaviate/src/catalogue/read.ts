import type { CollectionConfig, PropertyConfig } from 'weaviate-client';
import type { Collection, DataType, Property, Vector } from './collection.ts';

/** A collection as Weaviate describes it. References to other collections are left out: this server follows none. */
export function readCollection(config: CollectionConfig): Collection {
  const properties = config.properties.map(readProperty);
  return {
    name: config.name,
    ...(config.description ? { description: config.description } : {}),
    multiTenant: config.multiTenancy.enabled,
    properties,
    vectors: Object.entries(config.vectorizers)
      .map(([name, vector]) => readVector(name, vector, config.properties))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    nullsIndexed: config.invertedIndex.indexNullState,
    timesIndexed: config.invertedIndex.indexTimestamps,
  };
}

function readProperty(config: PropertyConfig): Property {
  const { name, dataType, description, indexFilterable, indexRangeFilters, indexSearchable, tokenization } = config;
  const type = dataType.replace(/\[\]$/, '') as DataType;
  return {
    name,
    type,
    list: dataType.endsWith('[]'),
    ...(description ? { description } : {}),
    filterable: indexFilterable || indexRangeFilters,
    searchable: type === 'text' && indexSearchable,
    ...(type === 'text' ? { tokenization } : {}),
    nested: (config.nestedProperties ?? []).map(readProperty),
  };
}

type VectorConfig = CollectionConfig['vectorizers'][string];

function readVector(name: string, config: VectorConfig, properties: readonly PropertyConfig[]): Vector {
  const { name: module, config: own } = config.vectorizer as { readonly name: string; readonly config?: unknown };
  const index = config.indexConfig as IndexConfig;
  return {
    name,
    ...(module === 'none'
      ? {}
      : { vectorizer: module, sources: sourcesOf(module, own, config.properties, properties) }),
    distance: index.distance ?? index.hnsw?.distance ?? 'cosine',
    multi: Boolean(index.multiVector),
  };
}

interface IndexConfig {
  readonly distance?: string;
  /** Of an index that grows from flat to HNSW. */
  readonly hnsw?: { readonly distance?: string };
  readonly multiVector?: unknown;
}

/** Without a list of its own a module takes every text that is not told to be skipped. */
function sourcesOf(
  module: string,
  own: unknown,
  listed: readonly string[] | undefined,
  properties: readonly PropertyConfig[],
): readonly string[] {
  if (listed !== undefined && listed.length > 0) return listed;
  const { textFields = [], imageFields = [] } = (own ?? {}) as Record<string, readonly string[] | undefined>;
  if (textFields.length + imageFields.length > 0) return [...textFields, ...imageFields];
  return properties
    .filter(({ dataType, vectorizerConfig }) => /^text/.test(dataType) && !vectorizerConfig?.[module]?.skip)
    .map(({ name }) => name);
}
