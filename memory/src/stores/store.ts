/**
 * What the service asks of a database. Everything it keeps is a document of some kind, in the store of one tier; what a document
 * means, who may see it and how it is found is decided above. So the same service runs on one SQLite file and on four databases.
 *
 * Expiry is exact: every call carries the caller's clock, and a document whose `expiresAt` is not after it is as if it were not
 * there, whatever the database's own reaper has done by then. The database's time to live only gives the space back.
 */

/** How long a record is kept, and where. */
export type Tier = 'short' | 'mid' | 'long' | 'semantic';
export const tiers: readonly Tier[] = ['short', 'mid', 'long', 'semantic'];

/** What a document is; each kind has its own ids. */
export type Kind =
  | 'session'
  | 'message'
  | 'state'
  | 'memory'
  | 'revision'
  | 'subject'
  | 'policy'
  | 'operation'
  | 'audit'
  | 'idempotency'
  | 'tombstone'
  | 'usage';

export interface Key {
  readonly kind: Kind;
  /** Unique among the kind's documents of one tenant; at most 512 bytes. */
  readonly id: string;
}

/** What `list` filters by, by equality. A store may index any of them; the service never filters by anything else. */
export interface Attributes {
  readonly namespace?: string;
  readonly subjectId?: string;
  readonly sessionId?: string;
  readonly agentId?: string;
  readonly type?: string;
  readonly status?: string;
}

export interface Document extends Key {
  /** 1 when made, one more with each change; what ETags and `expect` compare. */
  readonly version: number;
  readonly attributes: Attributes;
  /** Where it stands in a list of its kind: milliseconds since 1970 when it was made, or a message's sequence number. */
  readonly order: number;
  /** Milliseconds since 1970; null: never. */
  readonly expiresAt: number | null;
  /**
   * The outbox: true from the write that the search index does not have yet until `settle`. It is a part of the document, so
   * that it is written with it or not at all.
   */
  readonly pending: boolean;
  /** JSON. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** A document of any tenant, as the relay gets them. */
export interface OwnedDocument extends Document {
  readonly tenant: string;
}

export type Write =
  | {
      readonly put: Document;
      /** `absent`: there is none that lives; a number: the version that lives; `any`: whatever is there is replaced. */
      readonly expect: 'absent' | 'any' | number;
    }
  | { readonly remove: Key; readonly expect: 'any' | number };

export interface ListQuery {
  readonly kind: Kind;
  readonly where: Attributes;
  /** Documents strictly after this place in the direction of the list; none: from the beginning. */
  readonly after?: { readonly order: number; readonly id: string };
  /** By `order`, then by `id` (bytes). */
  readonly direction: 'ascending' | 'descending';
  /** 1 to 1,000. */
  readonly limit: number;
}

/** Somebody else changed it first: nothing of the commit was written. */
export class VersionConflict extends Error {
  override readonly name = 'VersionConflict';
  readonly key: Key;
  /** The version that lives; undefined: there is none. */
  readonly found: number | undefined;

  constructor(key: Key, found: number | undefined) {
    super(`${key.kind} ${key.id} is at version ${found ?? 'none'}`);
    this.key = key;
    this.found = found;
  }
}

/** The store did not answer in time, or not at all. Whether a write was done is not known: writes are repeated by id. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
  readonly store: string;

  constructor(store: string, options: ErrorOptions) {
    super(`${store} does not answer`, options);
    this.store = store;
  }
}

/** The store has no room: nothing was written, and a repetition helps only when something else is gone. */
export class StoreFull extends Error {
  override readonly name = 'StoreFull';
  readonly store: string;

  constructor(store: string, options: ErrorOptions) {
    super(`${store} has no room`, options);
    this.store = store;
  }
}

/**
 * One database. Every call is bound to a tenant, except those of the relay.
 * Every call may throw StoreUnavailable; those that write, StoreFull.
 */
export interface DocumentStore {
  /** `sqlite`, `dragonfly`, `mongodb` or `firestore`: what health, metrics and errors say. */
  readonly name: string;

  /**
   * All or nothing, also when the process or the database dies in the middle: a reader sees every write or none.
   * At most 256 writes, no key twice. When it returns, the database has it as durably as it keeps anything.
   * @throws VersionConflict
   */
  commit(tenant: string, writes: readonly Write[], now: number): Promise<void>;

  /** In the order of the keys; undefined where there is none that lives. At most 1,000 keys. Reads its own writes. */
  get(tenant: string, keys: readonly Key[], now: number): Promise<readonly (Document | undefined)[]>;

  /** Living documents only; fewer than the limit mean that there are no more. */
  list(tenant: string, query: ListQuery, now: number): Promise<readonly Document[]>;

  /**
   * Appends to a sequence in one step: adds `bodies.length` to the number in the parent's body field `lastSequence`, gives the
   * documents the numbers after the old one as `order` and `version` 1, and moves the parent's expiry to `expiresAt`. Concurrent calls get disjoint, gapless numbers. Only the store of the short tier and the embedded one have it.
   * @returns the first number, and the parent's new version
   * @throws VersionConflict where the parent does not live, or a document's id is taken (its key says which)
   */
  append?(tenant: string, append: Append, now: number): Promise<{ readonly first: number; readonly version: number }>;

  /** What the index does not have, of all tenants or one, oldest first; also what has expired, for the index to forget. */
  pending(limit: number, tenant?: string): Promise<readonly OwnedDocument[]>;

  /** The index has these: clears `pending` where the version is still the same. Keeps the version. */
  settle(documents: readonly (Key & { readonly tenant: string; readonly version: number })[]): Promise<void>;

  /** Removes what expired before `now`, where the database does not do that by itself; returns how many. */
  reap?(now: number, limit: number): Promise<number>;

  /** Resolves when the database answers a small read and would accept a write. */
  check(): Promise<void>;

  close(): Promise<void>;
}

export interface Append {
  readonly parent: Key;
  /** `sequence` is set in each body. Each has its own expiry; those written earlier keep theirs. */
  readonly documents: readonly Pick<Document, 'kind' | 'id' | 'attributes' | 'expiresAt' | 'pending' | 'body'>[];
  /** The parent's. */
  readonly expiresAt: number;
  /** Written in the same step, such as the record of an idempotent request; may be empty. */
  readonly also: readonly Write[];
}
