import { Refusal } from '../../api/errors.ts';
import {
  type Append,
  type Document,
  type DocumentStore,
  type Key,
  type Kind,
  type ListQuery,
  StoreUnavailable,
  type Tier,
  VersionConflict,
  type Write,
} from '../../stores/store.ts';
import { type Dependencies, type StoreTier, storeTiers } from '../dependencies.ts';

/** How often a change is tried again that somebody else came before. */
const ATTEMPTS = 8;
/** Most writes of one commit, as of the stores. */
const COMMIT = 256;
const KEYS = 1000;

export interface Found<T extends Document = Document> {
  readonly tier: StoreTier;
  readonly document: T;
}

/** A partial answer says what is missing from it. */
export interface Partial<T> {
  readonly value: T;
  readonly down: readonly StoreTier[];
}

/** Most waited for search to find what was written, in milliseconds. */
const INDEXED_WITHIN = 10_000;

/** The stores by tier; the one place from which documents are read and written. Every call is for a tenant. */
export class Tiers {
  readonly #dependencies: Dependencies;

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies;
  }

  /** Whether a searchable document has to be brought to the index after it is written. */
  get pending(): boolean {
    return this.#dependencies.relay !== undefined;
  }

  store(tier: StoreTier): DocumentStore {
    return this.#dependencies.stores[tier];
  }

  now(): number {
    return this.#dependencies.clock.now();
  }

  async commit(tenant: string, tier: StoreTier, writes: readonly Write[]): Promise<void> {
    if (writes.length === 0) return;
    await this.store(tier).commit(tenant, writes, this.now());
    this.#notify(tenant, tier, writes);
  }

  async append(tenant: string, append: Append): Promise<{ readonly first: number; readonly version: number }> {
    const store = this.store('short');
    if (store.append === undefined) throw new TypeError(`${store.name} keeps no sequences`);
    const appended = await store.append(tenant, append, this.now());
    this.#notify(
      tenant,
      'short',
      append.documents.map((document, index) => ({
        put: { ...document, version: 1, order: appended.first + index },
        expect: 'absent',
      })),
    );
    return appended;
  }

  async get(tenant: string, tier: StoreTier, key: Key): Promise<Document | undefined> {
    return (await this.store(tier).get(tenant, [key], this.now()))[0];
  }

  async getAll(tenant: string, tier: StoreTier, keys: readonly Key[]): Promise<readonly (Document | undefined)[]> {
    const pages: (readonly (Document | undefined)[])[] = [];
    for (let from = 0; from < keys.length; from += KEYS) {
      pages.push(await this.store(tier).get(tenant, keys.slice(from, from + KEYS), this.now()));
    }
    return pages.flat();
  }

  list(tenant: string, tier: StoreTier, query: ListQuery): Promise<readonly Document[]> {
    return this.store(tier).list(tenant, query, this.now());
  }

  /** All documents of a kind that meet the filter, page by page, oldest first. */
  async *walk(tenant: string, tier: StoreTier, kind: Kind, where: ListQuery['where'], page = 250) {
    let after: ListQuery['after'];
    for (;;) {
      const query = { kind, where, direction: 'ascending', limit: page, ...(after && { after }) } as const;
      const documents = await this.list(tenant, tier, query);
      if (documents.length > 0) yield documents;
      after = documents.at(-1);
      if (documents.length < page) return;
    }
  }

  /** Writes any number of documents that nobody else changes, such as the erasure of many. */
  async commitAll(tenant: string, tier: StoreTier, writes: readonly Write[]): Promise<void> {
    for (let from = 0; from < writes.length; from += COMMIT) {
      await this.commit(tenant, tier, writes.slice(from, from + COMMIT));
    }
  }

  /** Asks several tiers at once; a tier that does not answer is named in place of its answer. */
  async each<T>(tiers: readonly StoreTier[], ask: (tier: StoreTier) => Promise<T>): Promise<Partial<readonly T[]>> {
    const down: StoreTier[] = [];
    const answers = await Promise.all(
      tiers.map((tier) =>
        ask(tier).then(
          (answer) => [answer],
          (error: unknown) => {
            if (!(error instanceof StoreUnavailable)) throw error;
            down.push(tier);
            return [];
          },
        ),
      ),
    );
    return { value: answers.flat(), down };
  }

  /** Every copy of a memory, the highest tier first: while it is promoted there are two. */
  async copies(tenant: string, id: string): Promise<Partial<readonly Found[]>> {
    const { value, down } = await this.each(storeTiers, async (tier) => ({
      tier,
      document: await this.get(tenant, tier, { kind: 'memory', id }),
    }));
    const found = value.flatMap(({ tier, document }) => (document === undefined ? [] : [{ tier, document }]));
    return { value: found.reverse(), down };
  }

  /** @throws Refusal `not-found`, or `tier-unavailable` where a tier that did not answer may have it */
  async memory(tenant: string, id: string): Promise<Found> {
    const { value, down } = await this.copies(tenant, id);
    const [found] = value;
    if (found !== undefined) return found;
    if (down.length > 0) throw unavailable(down);
    throw new Refusal('not-found', `There is no memory ${id}.`);
  }

  /** Does it again from its reading on when somebody else was first. @throws Refusal `conflict` after many times */
  async retrying<T>(change: () => Promise<T>, final?: (conflict: VersionConflict) => Refusal | undefined): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await change();
      } catch (error) {
        if (!(error instanceof VersionConflict)) throw error;
        const refusal = final?.(error);
        if (refusal !== undefined) throw refusal;
        if (attempt === ATTEMPTS) {
          const detail = 'Too many change it at the same time.';
          throw new Refusal('conflict', detail, { retryAfter: 1, cause: error });
        }
      }
    }
  }

  /** True when search finds the documents; false where that takes longer than a request may. */
  async indexed(tenant: string, tier: StoreTier, documents: readonly Document[]): Promise<boolean> {
    const { relay } = this.#dependencies;
    if (relay === undefined) return true;
    const owned = documents.filter(({ pending }) => pending).map((document) => ({ ...document, tenant }));
    return relay.indexed(tier, owned, INDEXED_WITHIN);
  }

  #notify(tenant: string, tier: StoreTier, writes: readonly Write[]): void {
    const { relay } = this.#dependencies;
    if (relay === undefined) return;
    const documents = writes.flatMap((write) =>
      'put' in write && write.put.pending ? [{ ...write.put, tenant }] : [],
    );
    if (documents.length > 0) relay.notify(tier, documents);
  }
}

export function storeTierOf(tier: Tier): StoreTier {
  return tier === 'semantic' ? 'long' : tier;
}

/** Tiers whose documents are in a store. */
export function tiersOf(tier: StoreTier): readonly Tier[] {
  return tier === 'long' ? ['long', 'semantic'] : [tier];
}

export function unavailable(down: readonly StoreTier[]): Refusal {
  const tiers = down.flatMap(tiersOf);
  return new Refusal('tier-unavailable', `The store of ${tiers.join(', ')} does not answer.`, {
    retryAfter: 5,
    extensions: { tiers },
  });
}

/** The refusal of a change to another version than the one that lives. */
export function mismatch(found: number | undefined): Refusal {
  const now = found === undefined ? 'It is gone.' : `It is at version ${found} now.`;
  return new Refusal('version-mismatch', `${now} Read it again, and change that.`, {
    extensions: found === undefined ? {} : { version: found },
  });
}
