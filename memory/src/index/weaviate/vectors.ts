/** What is done to vectors apart from the objects that have them. */
import { Filters } from 'weaviate-client';
import { inParallel } from '../../search/dense/batches.ts';
import type { Entries } from './schema.ts';

const AT_ONCE = 8;
const PAGE = 500;
/** Of a vector of length 1: a difference that no search notices. */
const A_LITTLE = 1e-4;

/** An object that has no vector of the model yet. */
export interface Vectorless {
  /** Name of its tenant in Weaviate. */
  readonly shard: string;
  readonly objectId: string;
  readonly version: number;
  readonly text: string;
  readonly speaker?: string | undefined;
  readonly vectors: readonly string[];
}

const withoutVector = (shard: Entries, name: string, now: number) =>
  Filters.and(
    shard.filter.byProperty('removed').equal(false),
    shard.filter.byProperty('expiresAt').greaterThan(now),
    shard.filter.byProperty('vectors').containsNone([name]),
  );

export async function shardNames(entries: Entries): Promise<readonly string[]> {
  return Object.values(await entries.tenants.get())
    .map(({ name }) => name)
    .sort();
}

export async function countVectorless(shard: Entries, name: string, now: number): Promise<number> {
  return (await shard.aggregate.overAll({ filters: withoutVector(shard, name, now) })).totalCount;
}

export async function findVectorless(
  entries: Entries,
  shardName: string,
  name: string,
  { now, limit, offset }: { readonly now: number; readonly limit: number; readonly offset: number },
): Promise<readonly Vectorless[]> {
  const shard = entries.withTenant(shardName);
  const { objects } = await shard.query.fetchObjects({
    filters: withoutVector(shard, name, now),
    limit,
    offset,
    returnProperties: ['version', 'text', 'speaker', 'vectors'],
  });
  return objects.map(({ uuid, properties: { version, text, speaker, vectors } }) => ({
    shard: shardName,
    objectId: uuid,
    version,
    text,
    // Weaviate gives null where there is none.
    speaker: speaker ?? undefined,
    vectors: vectors ?? [],
  }));
}

/** Adds a vector to objects that keep the ones they have. @returns how many have it; the others changed meanwhile */
export async function addVectors(
  entries: Entries,
  name: string,
  made: readonly { readonly to: Vectorless; readonly vector: readonly number[] }[],
): Promise<number> {
  const added = await inParallel(made, AT_ONCE, async ({ to, vector }) => {
    const shard = entries.withTenant(to.shard);
    await shard.data.update({
      id: to.objectId,
      properties: { vectors: [...to.vectors, name] },
      vectors: { [name]: [...vector] },
    });
    const now = await shard.query.fetchObjectById(to.objectId, { returnProperties: ['version'] });
    if (now?.properties.version === to.version) return 1;
    // It got a text that this vector is not of: it is told again that it has none.
    if (now) await shard.data.update({ id: to.objectId, properties: { vectors: [] } });
    return 0;
  });
  return added.reduce((sum: number, one) => sum + one, 0);
}

/**
 * Weaviate that was killed has every object, with its vector, and may lack the last of them in its vector index. A vector is taken
 * in again only when it differs, so each is moved a little and back; one that is left where it was moved to, as Weaviate went away
 * in between, is found as before.
 * @param since milliseconds since 1970: objects that were written later are treated
 */
export async function restoreVectors(shard: Entries, name: string, since: number): Promise<number> {
  const filters = Filters.and(
    shard.filter.byUpdateTime().greaterThan(new Date(since)),
    shard.filter.byProperty('vectors').containsAny([name]),
  );
  const ids: string[] = [];
  for (let page = PAGE; page === PAGE; ) {
    const { objects } = await shard.query.fetchObjects({
      filters,
      limit: PAGE,
      offset: ids.length,
      returnProperties: [],
    });
    ids.push(...objects.map(({ uuid }) => uuid));
    page = objects.length;
  }
  await inParallel(ids, AT_ONCE, async (id) => {
    const found = await shard.query.fetchObjectById(id, { includeVector: true, returnProperties: ['version'] });
    const vector = (found?.vectors as Readonly<Record<string, readonly number[]>> | undefined)?.[name];
    if (vector === undefined) return;
    await shard.data.update({ id, vectors: { [name]: [(vector[0] ?? 0) + A_LITTLE, ...vector.slice(1)] } });
    await shard.data.update({ id, vectors: { [name]: [...vector] } });
  });
  return ids.length;
}
