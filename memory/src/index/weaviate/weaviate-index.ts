import weaviate, { ApiKey, Filters, type FilterValue, type WeaviateClient } from 'weaviate-client';
import type {
  Candidate,
  IndexEntry,
  IndexFilter,
  IndexRemoval,
  SearchIndex,
  TermStatistics,
} from '../../stores/search-index.ts';
import { indexError, isUnknownTenant, refusal } from './failure.ts';
import { candidateOf, objectId, objectOf, removalOf } from './objects.ts';
import { type Entries, openCollection, tenantName, type VectorModel, vectorName } from './schema.ts';
import { boundary, deleteAll, excludesAll, isNewer, type Known, noneOfUnknownTenant, nothing } from './shard.ts';
import { addVectors, countVectorless, findVectorless, restoreVectors, shardNames, type Vectorless } from './vectors.ts';

export interface WeaviateOptions {
  readonly httpHost: string;
  readonly httpPort: number;
  /** Default: the HTTP host. */
  readonly grpcHost?: string;
  readonly grpcPort: number;
  readonly apiKey?: string;
  readonly collection: string;
  /** Whose vectors it takes and searches. Default: none, and it is searched by words alone. */
  readonly vectors?: VectorModel;
  /** The stems of what is searched of an entry, its speaker included, with repetitions. */
  stems(entry: Pick<IndexEntry, 'text' | 'speaker'>): readonly string[];
  /** Milliseconds since 1970. */
  now(): number;
  /** Longest wait for one request. */
  readonly timeoutMilliseconds: number;
}

/** How long a removal is remembered, against an older entry that comes late. */
const REMOVALS_KEPT = 31 * 24 * 3_600_000;
const returned = ['kind', 'reference', 'tier'] as const;

/**
 * The search index on Weaviate 1.31 or newer: one collection, in which each tenant has a shard of its own. A version is compared
 * before it is written; two writers at the same moment may still leave the older one, which is why the relay reads its store again
 * after it has written.
 */
export class WeaviateIndex implements SearchIndex {
  readonly name = 'weaviate';
  readonly immediate = false;
  private readonly options: WeaviateOptions;
  private readonly vector: string | undefined;
  /** Writes under way, by what they write. */
  private readonly writing = new Map<string, Promise<unknown>>();
  private opening: Promise<{ readonly client: WeaviateClient; readonly entries: Entries }> | undefined;

  constructor(options: WeaviateOptions) {
    this.options = options;
    this.vector = options.vectors && vectorName(options.vectors);
  }

  async apply(entries: readonly IndexEntry[], removals: readonly IndexRemoval[]): Promise<void> {
    for (const { vector } of entries) if (vector) this.accept(vector);
    const tenants = new Set([...entries, ...removals].map(({ tenant }) => tenant));
    for (const tenant of tenants) {
      const isOfTenant = (one: { readonly tenant: string }) => one.tenant === tenant;
      await this.applyTo(tenant, entries.filter(isOfTenant), removals.filter(isOfTenant));
    }
  }

  private async applyTo(tenant: string, entries: readonly IndexEntry[], removals: readonly IndexRemoval[]) {
    // The last of a document's versions, and a removal before an entry of the same.
    const news = new Map<string, IndexEntry | IndexRemoval>();
    for (const one of [...entries, ...removals].sort((a, b) => a.version - b.version)) news.set(objectId(one), one);
    const write = async (shard: Entries) => {
      const known = await this.known(shard, [...news.keys()]);
      const until = this.options.now() + REMOVALS_KEPT;
      const objects = [...news].flatMap(([id, one]) => {
        const there = known.get(id);
        if (!('text' in one)) return there && isNewer(there, one, true) ? [] : [removalOf(one, until)];
        if (there && isNewer(there, one, one.vector === undefined)) return [];
        return [objectOf(one, this.options.stems(one), this.vector)];
      });
      if (objects.length === 0) return;
      // Weaviate 1.35.2 keeps the number of an object that is written over, also with the same, and then at times leaves it out of
      // a search by words, for good. One that was deleted before gets a new number.
      const there = objects.flatMap(({ id }) => (known.has(id) ? [id] : []));
      if (there.length > 0) await shard.data.deleteMany(shard.filter.byId().containsAny(there));
      const { errors } = await shard.data.insertMany(objects);
      const reasons = Object.values(errors).map(({ message }) => message);
      if (reasons.length > 0) throw refusal(reasons);
    };
    const names = [...news.keys()].map((id) => `${tenant} ${id}`);
    await this.inTurn(names, () => this.in(tenant, write));
  }

  /**
   * Writes of the same entry one after the other, each after a comparison with the one before: two at the same time, as of a memory
   * that is promoted while the index is told of it, could leave the older.
   */
  private async inTurn(names: readonly string[], write: () => Promise<void>): Promise<void> {
    const turn = Promise.allSettled(names.map((name) => this.writing.get(name))).then(write);
    for (const name of names) this.writing.set(name, turn);
    try {
      await turn;
    } finally {
      for (const name of names) if (this.writing.get(name) === turn) this.writing.delete(name);
    }
  }

  private async known(shard: Entries, ids: readonly string[]): Promise<ReadonlyMap<string, Known>> {
    const found = await noneOfUnknownTenant(async () => {
      const { objects } = await shard.query.fetchObjects({
        filters: shard.filter.byId().containsAny([...ids]),
        limit: ids.length,
        returnProperties: ['version', 'removed', 'vectors'],
      });
      return objects;
    });
    return new Map(found.map(({ uuid, properties }) => [uuid, properties]));
  }

  async lexical(filter: IndexFilter, terms: readonly string[], limit: number, now: number) {
    const words = terms.filter((term) => /^\S+$/.test(term));
    if (words.length === 0 || excludesAll(filter)) return [];
    return this.in(filter.tenant, (shard) =>
      noneOfUnknownTenant(async (): Promise<readonly Candidate[]> => {
        const { objects } = await shard.query.bm25(words.join(' '), {
          queryProperties: ['stems'],
          filters: boundary(shard, filter, now),
          limit,
          returnProperties: [...returned],
          returnMetadata: ['score'],
        });
        return objects.map(({ properties, metadata }) => ({
          ...candidateOf(properties),
          lexical: metadata?.score ?? 0,
        }));
      }),
    );
  }

  async nearest(filter: IndexFilter, vector: readonly number[], limit: number, now: number) {
    const name = this.accept(vector);
    if (excludesAll(filter)) return [];
    return this.in(filter.tenant, (shard) =>
      noneOfUnknownTenant(async (): Promise<readonly Candidate[]> => {
        const { objects } = await shard.query.nearVector([...vector], {
          targetVector: name,
          filters: boundary(shard, filter, now),
          limit,
          returnProperties: [...returned],
          returnMetadata: ['distance'],
        });
        return objects.map(({ properties, metadata }) => ({
          ...candidateOf(properties),
          similarity: 1 - (metadata?.distance ?? 1),
        }));
      }),
    );
  }

  async statistics(filter: IndexFilter, terms: readonly string[]): Promise<TermStatistics> {
    const count = async (shard: Entries, also: FilterValue[]) => {
      const filters = Filters.and(boundary(shard, filter, this.options.now()), ...also);
      const lengths = shard.metrics.aggregate('length').integer(['mean']);
      return shard.aggregate.overAll({ filters, returnMetrics: lengths });
    };
    if (excludesAll(filter)) return nothing(terms);
    return this.in(filter.tenant, async (shard) => {
      try {
        const [all, ...each] = await Promise.all([
          count(shard, []),
          ...terms.map((term) => count(shard, [shard.filter.byProperty('stems').equal(term)])),
        ]);
        return {
          documents: all.totalCount,
          averageLength: all.properties?.length?.mean ?? 0,
          frequency: new Map(terms.map((term, i) => [term, each[i]?.totalCount ?? 0])),
        };
      } catch (error) {
        if (isUnknownTenant(error)) return nothing(terms);
        throw error;
      }
    });
  }

  forget(tenant: string, subjectId: string): Promise<number> {
    return this.in(tenant, (shard) => deleteAll(shard, shard.filter.byProperty('subjectId').equal(subjectId)));
  }

  async reap(now: number, limit: number): Promise<number> {
    const { entries } = await this.open();
    return this.call(async () => {
      let reaped = 0;
      for (const name of await shardNames(entries)) {
        if (reaped >= limit) break;
        const shard = entries.withTenant(name);
        reaped += await deleteAll(shard, shard.filter.byProperty('expiresAt').lessOrEqual(now));
      }
      return reaped;
    });
  }

  async recover(since: number): Promise<number> {
    const { vector } = this;
    if (vector === undefined) return 0;
    const { entries } = await this.open();
    return this.call(async () => {
      let restored = 0;
      for (const name of await shardNames(entries)) {
        restored += await restoreVectors(entries.withTenant(name), vector, since);
      }
      return restored;
    });
  }

  async countVectorless(): Promise<number> {
    const { name, entries, now } = await this.vectorless();
    return this.call(async () => {
      const shards = await shardNames(entries);
      const counts = shards.map((shard) => countVectorless(entries.withTenant(shard), name, now));
      return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
    });
  }

  async *findVectorless(limit: number): AsyncGenerator<readonly Vectorless[], void, { readonly left: number }> {
    const { name, entries, now } = await this.vectorless();
    for (const shard of await this.call(() => shardNames(entries))) {
      for (let offset = 0; ; ) {
        const page = { now, limit, offset };
        const found = await this.call(() => findVectorless(entries, shard, name, page));
        if (found.length === 0) break;
        const { left } = yield found;
        offset += left;
      }
    }
  }

  async addVectors(made: readonly { readonly to: Vectorless; readonly vector: readonly number[] }[]): Promise<number> {
    const { name, entries } = await this.vectorless();
    for (const { vector } of made) this.accept(vector);
    return this.call(() => addVectors(entries, name, made));
  }

  private async vectorless() {
    const { vector: name, options } = this;
    if (name === undefined) throw new TypeError('the index is set up without vectors');
    const { entries } = await this.open();
    return { name, entries, now: options.now() };
  }

  async check(): Promise<void> {
    const { client } = await this.open();
    if (!(await this.call(() => client.isReady()))) throw indexError(new Error('weaviate is not ready'));
  }

  async close(): Promise<void> {
    const opened = await this.opening?.catch(() => undefined);
    await opened?.client.close();
  }

  /** @returns the name that vectors of this model have */
  private accept(vector: readonly number[]): string {
    const { vectors } = this.options;
    if (this.vector === undefined || vectors === undefined) throw new TypeError('the index is set up without vectors');
    if (vector.length !== vectors.dimensions) {
      throw new RangeError(`a vector of ${vector.length} numbers, where ${vectors.model} has ${vectors.dimensions}`);
    }
    return this.vector;
  }

  private async in<Value>(tenant: string, use: (shard: Entries) => Promise<Value>): Promise<Value> {
    const { entries } = await this.open();
    return this.call(() => use(entries.withTenant(tenantName(tenant))));
  }

  private open() {
    this.opening ??= this.call(() => connect(this.options)).catch((error: unknown) => {
      this.opening = undefined;
      throw error;
    });
    return this.opening;
  }

  private async call<Value>(use: () => Promise<Value>): Promise<Value> {
    try {
      return await use();
    } catch (error) {
      throw indexError(error);
    }
  }
}

async function connect(options: WeaviateOptions) {
  const { httpHost, httpPort, grpcHost, grpcPort, apiKey, collection, vectors, timeoutMilliseconds } = options;
  const seconds = timeoutMilliseconds / 1000;
  const client = await weaviate.connectToCustom({
    httpHost,
    httpPort,
    httpSecure: false,
    grpcHost: grpcHost ?? httpHost,
    grpcPort,
    grpcSecure: false,
    ...(apiKey === undefined ? {} : { authCredentials: new ApiKey(apiKey) }),
    timeout: { init: seconds, query: seconds, insert: seconds },
    skipInitChecks: true,
  });
  // A collection asks for it without waiting: where nothing answers, that would end the process. Once known, it is not asked again.
  await client.getWeaviateVersion();
  return { client, entries: await openCollection(client, collection, vectors) };
}
