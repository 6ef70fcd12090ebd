import type { SQLInputValue, StatementSync } from 'node:sqlite';
import { indexed } from '../../index/entry.ts';
import type { SqliteIndex } from '../../index/sqlite/index.ts';
import {
  type Append,
  type Attributes,
  type Document,
  type DocumentStore,
  type Key,
  type Kind,
  type ListQuery,
  type OwnedDocument,
  type Tier,
  VersionConflict,
  type Write,
} from '../store.ts';
import type { SqliteFile } from './file.ts';
import { columns, documentOf, type Row, valuesOf } from './rows.ts';

/** As the index over what expires has it. */
const HOUR = 3_600_000;
const ALIVE = '(expires IS NULL OR expires > ?)';
const KEY = 'tenant = ? AND tier = ? AND kind = ? AND id = ?';

/** The documents of one tier in a SQLite file. The index is told in the same transaction. */
export class SqliteStore implements DocumentStore {
  readonly name = 'sqlite';
  readonly #file: SqliteFile;
  readonly #tier: Tier;
  readonly #index: SqliteIndex;
  readonly #statements;
  readonly #lists = new Map<string, StatementSync>();

  constructor(file: SqliteFile, tier: Tier, index: SqliteIndex) {
    this.#file = file;
    this.#tier = tier;
    this.#index = index;
    const prepare = (sql: string) => file.database.prepare(sql);
    this.#statements = {
      get: prepare(`SELECT * FROM documents WHERE ${KEY} AND ${ALIVE}`),
      parent: prepare(`SELECT rowid, version, body FROM documents WHERE ${KEY} AND ${ALIVE}`),
      version: prepare(`SELECT version FROM documents WHERE ${KEY} AND ${ALIVE}`),
      put: prepare(`
        INSERT INTO documents (tenant, tier, kind, id, version, ${Object.values(columns).join(', ')}, place, expires, pending, body)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (tenant, tier, kind, id) DO UPDATE SET version = excluded.version, namespace = excluded.namespace,
          subject = excluded.subject, session = excluded.session, agent = excluded.agent, type = excluded.type,
          status = excluded.status, place = excluded.place, expires = excluded.expires, pending = excluded.pending,
          body = excluded.body`),
      remove: prepare(`DELETE FROM documents WHERE ${KEY}`),
      lastPending: prepare('SELECT max(pending) AS last FROM documents WHERE tier = ? AND pending IS NOT NULL'),
      pending: prepare('SELECT * FROM documents WHERE tier = ? AND pending IS NOT NULL ORDER BY pending LIMIT ?'),
      pendingOf: prepare(`
        SELECT * FROM documents WHERE tier = ? AND pending IS NOT NULL AND tenant = ? ORDER BY pending LIMIT ?`),
      settle: prepare(`UPDATE documents SET pending = NULL WHERE ${KEY} AND version = ?`),
      // Not by `put`, which would write the entries of every index again.
      counted: prepare('UPDATE documents SET version = ?, expires = ?, body = ? WHERE rowid = ?'),
      expired: prepare(`
        SELECT tenant, kind, id FROM documents
        WHERE tier = ? AND expires IS NOT NULL AND expires / 3600000 <= ? AND expires <= ? AND pending IS NULL LIMIT ?`),
      check: prepare('SELECT count(*) FROM (SELECT 1 FROM documents LIMIT 1)'),
    };
  }

  commit(tenant: string, writes: readonly Write[], now: number): Promise<void> {
    return this.#file.write(() => {
      this.#expect(tenant, writes, now);
      this.#write(tenant, writes, now);
    });
  }

  append(tenant: string, append: Append, now: number): Promise<{ first: number; version: number }> {
    return this.#file.write(() => {
      const { kind, id } = append.parent;
      const parent = this.#statements.parent.get(tenant, this.#tier, kind, id, now);
      if (parent === undefined) throw new VersionConflict(append.parent, undefined);
      const before = JSON.parse(parent.body as string) as Document['body'];
      const last = before.lastSequence;
      const first = (typeof last === 'number' ? last : 0) + 1;
      const version = Number(parent.version) + 1;
      const writes: Write[] = append.documents.map((document, index) => ({
        put: { ...document, version: 1, order: first + index, body: { ...document.body, sequence: first + index } },
        expect: 'absent',
      }));
      writes.push(...append.also);
      this.#expect(tenant, writes, now);
      const body = { ...before, lastSequence: first + append.documents.length - 1 };
      this.#statements.counted.run(version, append.expiresAt, JSON.stringify(body), Number(parent.rowid));
      this.#write(tenant, writes, now);
      return { first, version };
    });
  }

  get(tenant: string, keys: readonly Key[], now: number): Promise<readonly (Document | undefined)[]> {
    return this.#file.read(() => keys.map((key) => this.#find(tenant, key, now)));
  }

  list(tenant: string, { kind, where, after, direction, limit }: ListQuery, now: number): Promise<readonly Document[]> {
    return this.#file.read(() => {
      const filters = (Object.keys(columns) as (keyof Attributes)[]).filter((name) => where[name] !== undefined);
      const values: SQLInputValue[] = [tenant, this.#tier, kind, now, ...filters.map((name) => where[name] ?? null)];
      if (after !== undefined) values.push(after.order, after.id);
      const statement = this.#listing(kind, filters, after !== undefined, direction);
      return statement.all(...values, limit).map((row) => documentOf(row as Row));
    });
  }

  pending(limit: number, tenant?: string): Promise<readonly OwnedDocument[]> {
    return this.#file.read(() => {
      const rows =
        tenant === undefined
          ? this.#statements.pending.all(this.#tier, limit)
          : this.#statements.pendingOf.all(this.#tier, tenant, limit);
      return rows.map((row) => ({ ...documentOf(row as Row), tenant: row.tenant as string }));
    });
  }

  settle(documents: readonly (Key & { readonly tenant: string; readonly version: number })[]): Promise<void> {
    return this.#file.write(() => {
      for (const { tenant, kind, id, version } of documents) {
        this.#statements.settle.run(tenant, this.#tier, kind, id, version);
      }
    });
  }

  reap(now: number, limit: number): Promise<number> {
    return this.#file.write(() => {
      this.#index.catchUp();
      const expired = this.#statements.expired.all(this.#tier, Math.floor(now / HOUR), now, limit);
      for (const row of expired) {
        const [tenant, kind, id] = [String(row.tenant), row.kind as Kind, String(row.id)];
        this.#statements.remove.run(tenant, this.#tier, kind, id);
        this.#index.expire({ tenant, kind, id }, now);
      }
      return expired.length;
    });
  }

  async check(): Promise<void> {
    await this.#file.read(() => this.#statements.check.get());
    await this.#file.write(() => undefined);
  }

  /** The file stays open: it is shared, and closed by who opened it. */
  async close(): Promise<void> {}

  #find(tenant: string, { kind, id }: Key, now: number): Document | undefined {
    const row = this.#statements.get.get(tenant, this.#tier, kind, id, now);
    return row === undefined ? undefined : documentOf(row as Row);
  }

  #expect(tenant: string, writes: readonly Write[], now: number): void {
    for (const write of writes) {
      if (write.expect === 'any') continue;
      const key = 'put' in write ? write.put : write.remove;
      const row = this.#statements.version.get(tenant, this.#tier, key.kind, key.id, now);
      const found = row?.version as number | undefined;
      if (found !== (write.expect === 'absent' ? undefined : write.expect)) {
        throw new VersionConflict({ kind: key.kind, id: key.id }, found);
      }
    }
  }

  #write(tenant: string, writes: readonly Write[], now: number): void {
    for (const write of writes) {
      if ('remove' in write) {
        this.#statements.remove.run(tenant, this.#tier, write.remove.kind, write.remove.id);
        continue;
      }
      const { put } = write;
      this.#statements.put.run(...valuesOf(tenant, this.#tier, put, put.pending ? this.#nextPending() : null));
      const news = indexed({ ...put, tenant }, this.#tier, now);
      if (news !== undefined) this.#index.queue(news);
    }
  }

  #nextPending(): number {
    return Number(this.#statements.lastPending.get(this.#tier)?.last ?? 0) + 1;
  }

  #listing(
    kind: Kind,
    filters: readonly (keyof Attributes)[],
    after: boolean,
    direction: ListQuery['direction'],
  ): StatementSync {
    const message = kind === 'message';
    const name = `${message} ${filters.join()} ${after} ${direction}`;
    const known = this.#lists.get(name);
    if (known !== undefined) return known;
    const [than, order] = direction === 'ascending' ? ['>', 'ASC'] : ['<', 'DESC'];
    const statement = this.#file.database.prepare(`
      SELECT * FROM documents WHERE tenant = ? AND tier = ? AND kind = ? AND ${ALIVE}
        ${message ? '' : "AND kind <> 'message'"}
        ${filters.map((filter) => `AND ${columns[filter]} = ?`).join(' ')}
        ${after ? `AND (place, id) ${than} (?, ?)` : ''}
      ORDER BY place ${order}, id ${order} LIMIT ?`);
    this.#lists.set(name, statement);
    return statement;
  }
}
