/** What Weaviate finds, before this server ranks it. */
import type { FilterValue, Vectors, WeaviateReturn } from 'weaviate-client';
import type { Property, Vector } from '../catalogue/collection.ts';
import { compileFilter, join } from '../filters/compile.ts';
import { selectionOf } from '../objects/values.ts';
import type { Reach } from '../policy/reach.ts';
import type { Database, Shard } from '../weaviate/database.ts';
import { isUnknownTenant } from '../weaviate/failure.ts';
import { type Explanation, explanationOf } from './explanation.ts';
import { nearnessOf } from './relevance.ts';
import type { SearchRequest } from './request.ts';

export interface Candidate {
  readonly id: string;
  readonly score: number;
  readonly explanation: Explanation;
  /** Values of the properties that were asked for, as Weaviate gave them. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** Milliseconds since 1970. */
  readonly created?: number;
  readonly vector?: readonly number[];
}

export interface Wanted {
  readonly limit: number;
  readonly offset: number;
  readonly properties: readonly Property[];
  readonly vector?: Vector;
}

/** @throws {ToolRefusal} as `Database.ask` and `compileFilter` do */
export async function findCandidates(
  database: Database,
  request: SearchRequest,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<readonly Candidate[]> {
  const { visible, reach, mode, autocut, explain } = request;
  const filters = boundary(reach, [
    ...(request.filter === undefined ? [] : [compileFilter(request.filter, visible)]),
    ...(request.without === undefined ? [] : [idFilter('NotEqual', request.without)]),
  ]);
  const options = {
    limit: wanted.limit,
    ...(wanted.offset > 0 && { offset: wanted.offset }),
    ...(autocut !== undefined && { autoLimit: autocut }),
    ...(filters && { filters }),
    returnProperties: selectionOf(withOwner(wanted.properties, reach)) as string[],
    returnMetadata: metadataOf(request, explain),
    ...(wanted.vector && {
      includeVector: inclusionOf(wanted.vector, visible.vectors.length + visible.closedVectors.length),
    }),
  };
  const query = 'query' in mode ? mode.query : undefined;
  return ofTenant(async () => {
    const { objects } = await database.ask(visible.name, reach, signal, (shard, call) =>
      ask(shard, request, options, call),
    );
    return objects
      .filter(({ properties }) => isOwn(properties, reach))
      .map(({ uuid, properties, metadata, vectors }) => {
        const vector = wanted.vector && vectorOf(vectors, wanted.vector.name);
        const score =
          mode.kind === 'near_text' || mode.kind === 'near_vector'
            ? nearnessOf(metadata?.distance ?? Number.POSITIVE_INFINITY, mode.vector)
            : (metadata?.score ?? 0);
        return {
          id: uuid,
          score,
          explanation: explain ? explanationOf(metadata?.explainScore, query) : {},
          properties,
          ...(metadata?.creationTime && { created: metadata.creationTime.getTime() }),
          ...(vector && { vector }),
        };
      });
  });
}

type Options = Parameters<Shard['query']['bm25']>[1] & { readonly limit: number };
type Call = { readonly abortSignal: AbortSignal };

function ask(shard: Shard, { mode, visible }: SearchRequest, options: object, call: Call) {
  const several = visible.vectors.length + visible.closedVectors.length > 1;
  const target = 'vector' in mode && several ? { targetVector: mode.vector.name } : {};
  const all = { ...options, ...target } as Options;
  type Found = Promise<WeaviateReturn<undefined, undefined>>;
  switch (mode.kind) {
    case 'keyword':
      return shard.query.bm25(mode.query, { ...all, queryProperties: [...mode.words] }, call) as Found;
    case 'near_text':
      return shard.query.nearText(mode.query, all, call) as Found;
    case 'near_vector':
      return shard.query.nearVector([...mode.at], all, call) as Found;
    case 'hybrid': {
      const { query, words, alpha, at } = mode;
      const own = {
        alpha,
        fusionType: 'RelativeScore' as const,
        queryProperties: [...words],
        ...(at && { vector: [...at] }),
      };
      return shard.query.hybrid(query, { ...all, ...own }, call) as Found;
    }
  }
}

type Told = 'score' | 'distance' | 'explainScore' | 'creationTime';

function metadataOf({ mode, decay }: SearchRequest, explain: boolean): Told[] {
  return [
    mode.kind === 'near_text' || mode.kind === 'near_vector' ? 'distance' : 'score',
    ...(explain ? (['explainScore'] as const) : []),
    ...(decay?.property === '_created' ? (['creationTime'] as const) : []),
  ];
}

const inclusionOf = ({ name }: Vector, vectors: number): true | string[] => (vectors > 1 ? [name] : true);

/** Where a collection has one vector, Weaviate may give it without its name. */
export function vectorOf(vectors: Vectors | undefined, name: string): readonly number[] | undefined {
  const found = vectors?.[name] ?? Object.values(vectors ?? {})[0];
  return Array.isArray(found) && typeof found[0] === 'number' ? (found as number[]) : undefined;
}

/** Every question's filter: the caller's own, within what the caller can reach. */
export function boundary(reach: Reach, filters: readonly FilterValue[]): FilterValue | undefined {
  const { only } = reach;
  const owner: readonly FilterValue[] = only
    ? [{ operator: 'Equal', target: { property: only.property }, value: only.value }]
    : [];
  const all = [...owner, ...filters];
  return all.length < 2 ? all[0] : join('And', all);
}

export const idFilter = (operator: 'Equal' | 'NotEqual', id: string): FilterValue => ({
  operator,
  target: { property: '_id' },
  value: id,
});

/** The property that names the owner is always read, to be looked at once more. */
export function withOwner(properties: readonly Property[], { only }: Reach): readonly Property[] {
  if (only === undefined || properties.some(({ name }) => name === only.property)) return properties;
  const owner: Property = {
    name: only.property,
    type: 'text',
    list: false,
    filterable: true,
    searchable: false,
    nested: [],
  };
  return [...properties, owner];
}

export const isOwn = (properties: Readonly<Record<string, unknown>>, { only }: Reach): boolean =>
  only === undefined || properties[only.property] === only.value;

/** Nothing was ever written for a tenant that Weaviate does not know. */
export async function ofTenant<One>(find: () => Promise<readonly One[]>): Promise<readonly One[]> {
  try {
    return await find();
  } catch (error) {
    if (isUnknownTenant(error)) return [];
    throw error;
  }
}
