import type {
  Candidate,
  IndexEntry,
  IndexFilter,
  IndexRemoval,
  SearchIndex,
  TermStatistics,
} from '../stores/search-index.ts';
import type { Append, Document, DocumentStore, Key, ListQuery, OwnedDocument, Write } from '../stores/store.ts';
import { Guard, type GuardOptions } from './guard.ts';

/** A store whose calls end in time. */
export class GuardedStore implements DocumentStore {
  readonly name: string;
  readonly guard: Guard;
  /** Where the store has them. */
  readonly append?: NonNullable<DocumentStore['append']>;
  readonly reap?: NonNullable<DocumentStore['reap']>;
  private readonly store: DocumentStore;

  constructor(store: DocumentStore, options: GuardOptions) {
    this.name = store.name;
    this.store = store;
    this.guard = new Guard(store.name, options);
    const { append, reap } = store;
    if (append) {
      this.append = (tenant: string, what: Append, now: number) =>
        this.guard.run(() => append.call(store, tenant, what, now));
    }
    if (reap) this.reap = (now: number, limit: number) => this.guard.run(() => reap.call(store, now, limit));
  }

  commit(tenant: string, writes: readonly Write[], now: number): Promise<void> {
    return this.guard.run(() => this.store.commit(tenant, writes, now));
  }

  get(tenant: string, keys: readonly Key[], now: number): Promise<readonly (Document | undefined)[]> {
    return this.guard.run(() => this.store.get(tenant, keys, now));
  }

  list(tenant: string, query: ListQuery, now: number): Promise<readonly Document[]> {
    return this.guard.run(() => this.store.list(tenant, query, now));
  }

  pending(limit: number, tenant?: string): Promise<readonly OwnedDocument[]> {
    return this.guard.run(() => this.store.pending(limit, tenant));
  }

  settle(documents: Parameters<DocumentStore['settle']>[0]): Promise<void> {
    return this.guard.run(() => this.store.settle(documents));
  }

  check(): Promise<void> {
    return this.guard.run(() => this.store.check());
  }

  close(): Promise<void> {
    return this.store.close();
  }
}

/** A search index whose calls end in time. */
export class GuardedIndex implements SearchIndex {
  readonly name: string;
  readonly immediate: boolean;
  readonly guard: Guard;
  readonly reap?: NonNullable<SearchIndex['reap']>;
  /** Takes as long as it needs. */
  readonly recover?: NonNullable<SearchIndex['recover']>;
  private readonly index: SearchIndex;

  constructor(index: SearchIndex, options: GuardOptions) {
    this.name = index.name;
    this.immediate = index.immediate;
    this.index = index;
    this.guard = new Guard(index.name, options);
    const { reap, recover } = index;
    if (recover) this.recover = (since: number) => recover.call(index, since);
    if (reap) this.reap = (now: number, limit: number) => this.guard.run(() => reap.call(index, now, limit));
  }

  apply(entries: readonly IndexEntry[], removals: readonly IndexRemoval[]): Promise<void> {
    return this.guard.run(() => this.index.apply(entries, removals));
  }

  lexical(filter: IndexFilter, terms: readonly string[], limit: number, now: number): Promise<readonly Candidate[]> {
    return this.guard.run(() => this.index.lexical(filter, terms, limit, now));
  }

  nearest(filter: IndexFilter, vector: readonly number[], limit: number, now: number): Promise<readonly Candidate[]> {
    return this.guard.run(() => this.index.nearest(filter, vector, limit, now));
  }

  statistics(filter: IndexFilter, terms: readonly string[]): Promise<TermStatistics | undefined> {
    return this.guard.run(() => this.index.statistics(filter, terms));
  }

  forget(tenant: string, subjectId: string): Promise<number> {
    return this.guard.run(() => this.index.forget(tenant, subjectId));
  }

  check(): Promise<void> {
    return this.guard.run(() => this.index.check());
  }

  close(): Promise<void> {
    return this.index.close();
  }
}
