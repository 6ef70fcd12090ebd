/** What is asked of the shard of one tenant. */
import { Filters, type FilterValue } from 'weaviate-client';
import type { IndexFilter, TermStatistics } from '../../stores/search-index.ts';
import { isUnknownTenant } from './failure.ts';
import type { Entries } from './schema.ts';

/** What one request deletes at most, by Weaviate's own limit. */
const DELETED_AT_ONCE = 10_000;

export type Known = { readonly version: number; readonly removed: boolean; readonly vectors: readonly string[] };

/** @param mayBeSame whether what is there is as good at the same version: it is then not written again */
export function isNewer(there: Known, { version }: { readonly version: number }, mayBeSame: boolean): boolean {
  if (there.version !== version) return there.version > version;
  return there.removed || (mayBeSame && there.vectors.length > 0);
}

export function boundary(shard: Entries, filter: IndexFilter, now: number): FilterValue {
  const any = (
    name: 'namespace' | 'subjectId' | 'sessionId' | 'agentId' | 'type' | 'tier',
    values?: readonly string[],
  ) => (values === undefined ? [] : [shard.filter.byProperty(name).containsAny([...values])]);
  const at = shard.filter.byProperty('at');
  return Filters.and(
    shard.filter.byProperty('removed').equal(false),
    shard.filter.byProperty('expiresAt').greaterThan(now),
    ...any('namespace', filter.namespaces),
    ...any('subjectId', filter.subjectIds),
    ...any('sessionId', filter.sessionIds),
    ...any('agentId', filter.agentIds),
    ...any('type', filter.types),
    ...any('tier', filter.tiers),
    ...(filter.from === undefined ? [] : [at.greaterOrEqual(filter.from)]),
    ...(filter.to === undefined ? [] : [at.lessThan(filter.to)]),
  );
}

export const excludesAll = (filter: IndexFilter) =>
  Object.values(filter).some((value) => Array.isArray(value) && value.length === 0);

export const nothing = (terms: readonly string[]): TermStatistics => ({
  documents: 0,
  averageLength: 0,
  frequency: new Map(terms.map((term) => [term, 0])),
});

export async function noneOfUnknownTenant<Value>(find: () => Promise<readonly Value[]>): Promise<readonly Value[]> {
  try {
    return await find();
  } catch (error) {
    if (isUnknownTenant(error)) return [];
    throw error;
  }
}

export async function deleteAll(shard: Entries, filter: FilterValue): Promise<number> {
  let deleted = 0;
  try {
    for (let matched = DELETED_AT_ONCE; matched >= DELETED_AT_ONCE; ) {
      const done = await shard.data.deleteMany(filter);
      if (done.failed > 0) throw new Error(`weaviate could not delete ${done.failed} of ${done.matches} objects`);
      deleted += done.successful;
      matched = done.matches;
    }
  } catch (error) {
    if (!isUnknownTenant(error)) throw error;
  }
  return deleted;
}
