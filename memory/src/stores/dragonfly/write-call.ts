import { listsOf, placeOf } from '../lists.ts';
import { type Append, type Document, type Key, VersionConflict, type Write } from '../store.ts';
import { TenantKeys } from './keys.ts';
import { entryAround, entryOf, memberOf, sequenceOf } from './record.ts';

/** Milliseconds that a document outlives its expiry in the database: what clocks of replicas may differ by. */
export const GRACE = 60_000;
/** Milliseconds that one outlives it that the search index does not have, so that the index learns that it has gone. */
export const PENDING_GRACE = 86_400_000;
/** Dragonfly refuses a longer time to live. */
const LONGEST_TTL = 2 ** 28 * 1000 - 1;

/** What a writing script answers. */
export type Answer =
  | readonly ['written', first?: string, version?: string]
  | readonly ['conflict', index: string, found: string];

/** A call of a writing script. */
export interface WriteCall {
  /** Those that a conflict may be about, in the order in which the script counts them. */
  readonly documents: readonly Key[];
  readonly keys: readonly string[];
  readonly arguments: readonly (string | number)[];
}

export function commitCall(tenant: string, writes: readonly Write[], now: number): WriteCall {
  const call = new WriteCallBuilder(tenant, now);
  call.writes(writes);
  return call.build();
}

export function appendCall(tenant: string, append: Append, now: number): WriteCall {
  const call = new WriteCallBuilder(tenant, now);
  call.append(append);
  call.writes(append.also);
  return call.build();
}

export function conflict(
  { documents }: WriteCall,
  [, index, found]: Extract<Answer, readonly ['conflict', ...unknown[]]>,
): VersionConflict {
  const { kind, id } = documents[Number(index)] as Key;
  return new VersionConflict({ kind, id }, found === '' ? undefined : Number(found));
}

/** A place among the arguments that takes the number of a list's key, which is known when all documents are. */
class ListKey {
  readonly index: number;

  constructor(index: number) {
    this.index = index;
  }
}

/** Puts the arguments into the order in which the scripts read them. */
class WriteCallBuilder {
  private readonly tenantKeys: TenantKeys;
  private readonly now: number;
  private readonly documents: Key[] = [];
  private readonly lists = new Map<string, ListKey>();
  private readonly rest: (string | number | ListKey)[];

  constructor(tenant: string, now: number) {
    this.tenantKeys = new TenantKeys(tenant);
    this.now = now;
    this.rest = [now];
  }

  build(): WriteCall {
    const { pending, stale } = this.tenantKeys;
    const fixed = [pending, stale, ...this.documents.map((key) => this.tenantKeys.document(key))];
    return {
      documents: this.documents,
      keys: [...fixed, ...[...this.lists.keys()].map((list) => this.tenantKeys.list(list))],
      arguments: this.rest.map((value) => (value instanceof ListKey ? fixed.length + 1 + value.index : value)),
    };
  }

  append({ parent, documents, expiresAt }: Append): void {
    this.documents.push(parent, ...documents);
    const lives = [this.timeToLive(expiresAt, false), this.timeToLive(expiresAt, true)];
    this.rest.push(expiresAt, ...lives, documents.length, memberOf(parent));
    for (const document of documents) {
      const { id, body, expiresAt, pending } = document;
      this.rest.push(memberOf(document), expiresAt ?? '', pending ? '1' : '0', id, ...entryAround(document));
      this.rest.push(sequenceOf(body), JSON.stringify(body), this.timeToLive(expiresAt, pending));
      this.standsIn(listsOf(document));
    }
  }

  writes(writes: readonly Write[]): void {
    this.rest.push(writes.length);
    for (const write of writes) {
      const key = 'put' in write ? write.put : write.remove;
      this.documents.push(key);
      this.rest.push('put' in write ? 'put' : 'remove', write.expect === 'absent' ? '' : write.expect, memberOf(key));
      if ('put' in write) this.put(write.put);
    }
  }

  private put(put: Document): void {
    const { version, expiresAt, pending, body } = put;
    this.rest.push(version, expiresAt ?? '', pending ? '1' : '0', placeOf(put.order, put.id), entryOf(put));
    this.rest.push(sequenceOf(body), JSON.stringify(body));
    this.rest.push(this.timeToLive(expiresAt, pending));
    this.standsIn(listsOf(put));
  }

  private standsIn(lists: readonly string[]): void {
    this.rest.push(lists.length);
    for (const list of lists) {
      const key = this.lists.get(list) ?? new ListKey(this.lists.size);
      this.lists.set(list, key);
      this.rest.push(key);
    }
  }

  private timeToLive(expiresAt: number | null, pending: boolean): number | '' {
    if (expiresAt === null) return '';
    const life = Math.max(0, expiresAt - this.now) + (pending ? PENDING_GRACE : GRACE);
    return Math.min(life, LONGEST_TTL);
  }
}
