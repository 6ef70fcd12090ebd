import { Redis, type Result } from 'ioredis';
import { idAt, listsOf, matches, narrowestList, placeOf } from '../lists.ts';
import type { Append, Document, DocumentStore, Key, ListQuery, OwnedDocument, Write } from '../store.ts';
import { storeError } from './failure.ts';
import { checkKey, TenantKeys, tenantsKey } from './keys.ts';
import { documentOf, entryOf, type Fields, keyOfMember, lives, memberOf, readEntry } from './record.ts';
import { appendScript, commitScript, readScript, settleScript, unlistScript } from './scripts.ts';
import { type Answer, appendCall, commitCall, conflict, GRACE, PENDING_GRACE } from './write-call.ts';

export interface DragonflyOptions {
  readonly host: string;
  readonly port: number;
  readonly password?: string;
  /** Number of the database. Default: 0. */
  readonly database?: number;
  /** Longest wait for one command, and for a connection. */
  readonly timeoutMilliseconds: number;
}

declare module 'ioredis' {
  interface RedisCommander<Context> {
    memoryCommit(keys: number, ...rest: (string | number)[]): Result<Answer, Context>;
    memoryAppend(keys: number, ...rest: (string | number)[]): Result<Answer, Context>;
    memoryRead(keys: number, ...rest: string[]): Result<Fields[], Context>;
    memorySettle(keys: number, ...rest: (string | number)[]): Result<string, Context>;
    memoryUnlist(keys: number, ...rest: (string | number)[]): Result<number, Context>;
  }
}

interface Waiting {
  readonly tenant: string;
  /** Milliseconds since 1970: when it was written. */
  readonly since: number;
}

const byAge = (one: Waiting, other: Waiting) =>
  one.since - other.since || Number(one.tenant > other.tenant) - Number(one.tenant < other.tenant);

/**
 * The store of the short tier on DragonflyDB, or on Redis from version 6. A document is a hash; a list is a sorted set of places,
 * believed only where the document says the same. A list is read before its documents, so a commit in between shows neither what
 * it added nor what it removed; the documents themselves are of one moment.
 */
export class DragonflyStore implements DocumentStore {
  readonly name = 'dragonfly';
  private readonly redis: Redis;
  /** The first attempt to connect has succeeded or failed: calls made at once after construction wait for it. */
  private readonly started: Promise<unknown>;
  /** Those that this process has seen the server know. */
  private readonly tenants = new Set<string>();

  constructor({ host, port, password, database, timeoutMilliseconds }: DragonflyOptions) {
    this.redis = new Redis({
      host,
      port,
      ...(password === undefined ? {} : { password }),
      db: database ?? 0,
      connectTimeout: Math.max(timeoutMilliseconds, 1000),
      commandTimeout: timeoutMilliseconds,
      // A connection that says nothing for this long is dead, though the system has not noticed.
      socketTimeout: 4 * timeoutMilliseconds,
      // Nothing waits for a server that is not there, and no write is done a second time behind the caller's back.
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 5), 1000),
      enableAutoPipelining: true,
      scripts: {
        memoryCommit: { lua: commitScript },
        memoryAppend: { lua: appendScript },
        memoryRead: { lua: readScript, readOnly: true },
        memorySettle: { lua: settleScript },
        memoryUnlist: { lua: unlistScript },
      },
    });
    // Each call tells of its own failure; without a listener the driver would print every attempt to connect.
    this.redis.on('error', () => {});
    this.started = new Promise((resolve) => {
      this.redis.once('ready', resolve).once('close', resolve);
    });
  }

  async commit(tenant: string, writes: readonly Write[], now: number): Promise<void> {
    if (writes.length === 0) return;
    const call = commitCall(tenant, writes, now);
    const answer = await this.call(async () => {
      await this.know(tenant);
      return this.redis.memoryCommit(call.keys.length, ...call.keys, ...call.arguments);
    });
    if (answer[0] === 'conflict') throw conflict(call, answer);
  }

  async append(tenant: string, append: Append, now: number): Promise<{ first: number; version: number }> {
    const call = appendCall(tenant, append, now);
    const answer = await this.call(async () => {
      await this.know(tenant);
      return this.redis.memoryAppend(call.keys.length, ...call.keys, ...call.arguments);
    });
    if (answer[0] === 'conflict') throw conflict(call, answer);
    return { first: Number(answer[1]), version: Number(answer[2]) };
  }

  async get(tenant: string, keys: readonly Key[], now: number): Promise<readonly (Document | undefined)[]> {
    const documents = await this.read(tenant, keys);
    return documents.map((document) => (document && lives(document, now) ? document : undefined));
  }

  async list(tenant: string, query: ListQuery, now: number): Promise<readonly Document[]> {
    const { kind, where, after, direction, limit } = query;
    const list = new TenantKeys(tenant).list(narrowestList(query));
    const ascending = direction === 'ascending';
    let from = after && placeOf(after.order, after.id);
    const found: Document[] = [];
    while (found.length < limit) {
      const wanted = Math.max(limit - found.length, 64);
      const bound = from === undefined ? undefined : `(${from}`;
      const places = await this.call(() =>
        ascending
          ? this.redis.zrangebylex(list, bound ?? '-', '+', 'LIMIT', 0, wanted)
          : this.redis.zrevrangebylex(list, bound ?? '+', '-', 'LIMIT', 0, wanted),
      );
      const documents = await this.read(
        tenant,
        places.map((place) => ({ kind, id: idAt(place) })),
      );
      for (const [i, document] of documents.entries()) {
        if (found.length === limit) break;
        if (document === undefined || !lives(document, now) || !matches(document.attributes, where)) continue;
        if (placeOf(document.order, document.id) === places[i]) found.push(document);
      }
      if (places.length < wanted) break;
      from = places.at(-1);
    }
    return found;
  }

  async pending(limit: number, tenant?: string): Promise<readonly OwnedDocument[]> {
    const tenants = tenant === undefined ? await this.call(() => this.redis.smembers(tenantsKey)) : [tenant];
    const waiting = await Promise.all(tenants.map((tenant) => this.waiting(tenant, limit)));
    const oldest = waiting.flat().sort(byAge).slice(0, limit);
    const byTenant = Map.groupBy(oldest, ({ tenant }) => tenant);
    const read = [...byTenant].map(async ([tenant, members]) => {
      const keys = members.map(({ member }) => keyOfMember(member));
      const documents = await this.read(tenant, keys);
      return members.map((member, i) => ({ ...member, document: documents[i] }));
    });
    const found = (await Promise.all(read)).flat().sort(byAge);
    return found.flatMap(({ tenant, document }) => (document?.pending ? [{ ...document, tenant }] : []));
  }

  private async waiting(tenant: string, limit: number) {
    const { pending } = new TenantKeys(tenant);
    const answer = await this.call(() => this.redis.zrange(pending, 0, String(limit - 1), 'WITHSCORES'));
    return Array.from({ length: answer.length / 2 }, (_, i) => ({
      tenant,
      member: answer[2 * i] as string,
      since: Number(answer[2 * i + 1]),
    }));
  }

  async settle(documents: readonly (Key & { readonly tenant: string; readonly version: number })[]): Promise<void> {
    const byTenant = Map.groupBy(documents, ({ tenant }) => tenant);
    await Promise.all(
      [...byTenant].map(([tenant, documents]) => {
        const tenantKeys = new TenantKeys(tenant);
        const keys = [tenantKeys.pending, ...documents.map((key) => tenantKeys.document(key))];
        const rest = documents.flatMap((document) => [document.version, memberOf(document)]);
        return this.call(() => this.redis.memorySettle(keys.length, ...keys, PENDING_GRACE - GRACE, ...rest));
      }),
    );
  }

  /** Also takes what is no longer there, or stands elsewhere, off the lists. */
  async reap(now: number, limit: number): Promise<number> {
    let reaped = 0;
    for (const tenant of await this.call(() => this.redis.smembers(tenantsKey))) {
      if (reaped >= limit) break;
      reaped += await this.reapTenant(tenant, now, limit - reaped);
    }
    return reaped;
  }

  private async reapTenant(tenant: string, now: number, limit: number): Promise<number> {
    const { stale } = new TenantKeys(tenant);
    let reaped = 0;
    while (reaped < limit) {
      const wanted = limit - reaped;
      const entries = await this.call(() => this.redis.zrangebyscore(stale, '-inf', now, 'LIMIT', 0, wanted));
      const seen = await this.read(tenant, entries.map(readEntry));
      const removed = await Promise.all(entries.map((entry, i) => this.unlist(tenant, entry, seen[i], now)));
      reaped += removed.filter((count) => count === 1).length;
      // Those that changed meanwhile are for the next time.
      if (removed.every((count) => count === -1)) break;
    }
    return reaped;
  }

  private unlist(tenant: string, entry: string, seen: Document | undefined, now: number): Promise<number> {
    const keys = new TenantKeys(tenant);
    const listed = readEntry(entry);
    const place = placeOf(listed.order, listed.id);
    const seenEntry = seen === undefined ? '' : entryOf(seen);
    // A document that moved to other lists still stands on those that both have.
    const moved = seen !== undefined && seenEntry !== entry && placeOf(seen.order, seen.id) === place;
    const kept = new Set(moved ? listsOf(seen) : []);
    const lists = listsOf(listed).filter((list) => !kept.has(list));
    const all = [keys.stale, keys.document(listed), ...lists.map((list) => keys.list(list))];
    return this.call(() => this.redis.memoryUnlist(all.length, ...all, now, entry, place, seenEntry, now + GRACE));
  }

  async check(): Promise<void> {
    await this.call(() => this.redis.set(checkKey, '1', 'PX', GRACE));
  }

  async close(): Promise<void> {
    this.redis.disconnect();
  }

  private async read(tenant: string, keys: readonly Key[]): Promise<readonly (Document | undefined)[]> {
    if (keys.length === 0) return [];
    const tenantKeys = new TenantKeys(tenant);
    const hashes = keys.map((key) => tenantKeys.document(key));
    const found = await this.call(() => this.redis.memoryRead(hashes.length, ...hashes));
    return found.map(documentOf);
  }

  /** Before its first write, so that no write of a tenant is missed by those who go through all tenants. */
  private async know(tenant: string): Promise<void> {
    if (this.tenants.has(tenant)) return;
    await this.redis.sadd(tenantsKey, tenant);
    this.tenants.add(tenant);
  }

  private async call<Value>(command: () => Promise<Value>): Promise<Value> {
    try {
      await this.started;
      return await command();
    } catch (error) {
      throw storeError(error);
    }
  }
}
