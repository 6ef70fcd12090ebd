import type { StatementSync } from 'node:sqlite';
import type {
  Candidate,
  IndexEntry,
  IndexFilter,
  IndexRemoval,
  SearchIndex,
  TermStatistics,
} from '../../stores/search-index.ts';
import type { SqliteFile } from '../../stores/sqlite/file.ts';
import type { Kind } from '../../stores/store.ts';
import { allows, type EntryRow } from './entry-row.ts';
import { Postings } from './postings.ts';
import { scopesOf, searchedScopes, tokensOf } from './tokens.ts';
import { dot, unit } from './unit-vector.ts';

/** Vectors that one search compares at most: the newest of those that the filter lets pass. */
const MOST_VECTORS = 20_000;
/** How long a removal is remembered, against an older entry that comes late. */
const REMOVALS_KEPT = 30 * 24 * 3_600_000;
const FORGOTTEN_AT_ONCE = 1000;
/** As in every BM25: how soon a longer text counts less. */
const [K1, B] = [1.2, 0.75];

export interface SqliteIndexOptions {
  /** The stems of what is searched of an entry, its speaker included, with repetitions. */
  stems(entry: Pick<IndexEntry, 'text' | 'speaker'>): readonly string[];
  /** Milliseconds since 1970. */
  now(): number;
}

/** What a document means to the index. */
export type News = { readonly entry: IndexEntry } | { readonly removal: IndexRemoval };

/** News that are worked in together, at most so many, and after so many milliseconds without a search. */
const NEWS_AT_ONCE = 128;
const NEWS_WAIT = 100;

/**
 * Full-text search and vectors in a SQLite file. The embedded stores queue their news in the transaction of the document, which
 * costs a commit little; they are worked in together, before any search looks. So it is never behind. The work of a search is bounded: of a word that very many have, the newest postings are walked.
 */
export class SqliteIndex implements SearchIndex {
  readonly name = 'sqlite';
  readonly immediate = true;
  readonly #file: SqliteFile;
  readonly #options: SqliteIndexOptions;
  readonly #postings: Postings;
  readonly #statements;
  #queued = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(file: SqliteFile, options: SqliteIndexOptions) {
    this.#file = file;
    this.#options = options;
    this.#postings = new Postings(file.database);
    const prepare = (sql: string): StatementSync => file.database.prepare(sql);
    this.#statements = {
      queue: prepare('INSERT INTO unindexed (news) VALUES (?)'),
      news: prepare('SELECT number, news FROM unindexed ORDER BY number LIMIT ?'),
      worked: prepare('DELETE FROM unindexed WHERE number <= ?'),
      find: prepare('SELECT * FROM entries WHERE tenant = ? AND kind = ? AND id = ?'),
      row: prepare('SELECT * FROM entries WHERE row = ?'),
      rows: prepare('SELECT * FROM entries WHERE row IN (SELECT value FROM json_each(?))'),
      insert: prepare(`
        INSERT INTO entries (tenant, kind, id, version, tier, namespace, subject, session, agent, type, at, expires, length)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
      update: prepare(`
        UPDATE entries SET version = ?, tier = ?, namespace = ?, subject = ?, session = ?, agent = ?, type = ?, at = ?,
          expires = ?, length = ?, removed = NULL WHERE row = ?`),
      insertRemoval: prepare('INSERT INTO entries (tenant, kind, id, version, removed) VALUES (?, ?, ?, ?, ?)'),
      updateRemoval: prepare(`
        UPDATE entries SET version = ?, tier = NULL, namespace = NULL, subject = NULL, session = NULL, agent = NULL,
          type = NULL, at = NULL, expires = NULL, length = NULL, removed = ? WHERE row = ?`),
      delete: prepare('DELETE FROM entries WHERE row = ?'),
      insertVector: prepare('INSERT OR REPLACE INTO vectors (row, vector) VALUES (?, ?)'),
      deleteVector: prepare('DELETE FROM vectors WHERE row = ?'),
      vector: prepare('SELECT vector FROM vectors WHERE row = ?'),
      count: prepare(`
        INSERT INTO scopes (scope, documents, length) VALUES (?, ?, ?)
        ON CONFLICT (scope) DO UPDATE SET documents = documents + excluded.documents, length = length + excluded.length`),
      scope: prepare('SELECT documents, length FROM scopes WHERE scope = ?'),
      oldRemovals: prepare('SELECT row FROM entries WHERE removed <= ? LIMIT ?'),
    };
  }

  apply(entries: readonly IndexEntry[], removals: readonly IndexRemoval[]): Promise<void> {
    return this.#file.write(() => {
      this.catchUp();
      for (const entry of entries) this.#put(entry);
      for (const removal of removals) this.#remove(removal);
    });
  }

  /** Only inside a write of the file: with it the news are kept, or not. */
  queue(news: News): void {
    this.#statements.queue.run(JSON.stringify(news));
    this.#queued += 1;
    if (this.#queued >= NEWS_AT_ONCE) this.#schedule(0);
    else if (this.#timer === undefined) this.#schedule(NEWS_WAIT);
  }

  /** Only inside a write of the file: works in all news. */
  catchUp(): void {
    for (;;) {
      const rows = this.#statements.news.all(NEWS_AT_ONCE);
      const last = rows.at(-1);
      if (last === undefined) break;
      for (const row of rows) {
        const news = JSON.parse(String(row.news)) as News;
        if ('entry' in news) this.#put(news.entry);
        else this.#remove(news.removal);
      }
      this.#statements.worked.run(Number(last.number));
    }
    this.#queued = 0;
  }

  lexical(filter: IndexFilter, terms: readonly string[], limit: number, now: number): Promise<readonly Candidate[]> {
    return this.#read(() => {
      const { documents, averageLength } = this.#size(filter);
      const idf = (frequency: number) => Math.log(1 + Math.max(0, documents - frequency + 0.5) / (frequency + 0.5));
      const found = this.#passing(
        filter,
        this.#postings.weighted(filter, terms, idf),
        limit,
        now,
        ({ length }) => (K1 + 1) / (1 + K1 * (1 - B + (B * (length ?? 0)) / averageLength)),
      );
      return found.map(({ row, weight }) => ({ ...candidate(row), lexical: weight }));
    });
  }

  nearest(filter: IndexFilter, vector: readonly number[], limit: number, now: number): Promise<readonly Candidate[]> {
    return this.#read(() => {
      const asked = unit(vector);
      const similar: [number, number][] = [];
      for (const row of this.#postings.newest(filter, MOST_VECTORS)) {
        const blob = this.#statements.vector.get(row)?.vector;
        if (!(blob instanceof Uint8Array) || blob.byteLength !== asked.byteLength) continue;
        similar.push([row, dot(asked, new Float32Array(blob.buffer, blob.byteOffset, asked.length))]);
      }
      similar.sort((one, other) => other[1] - one[1] || other[0] - one[0]);
      const found = this.#passing(filter, similar, limit, now, () => 1);
      return found.map(({ row, weight }) => ({ ...candidate(row), similarity: weight }));
    });
  }

  statistics(filter: IndexFilter, terms: readonly string[]): Promise<TermStatistics> {
    return this.#read(() => {
      const { documents, averageLength } = this.#size(filter);
      const frequency = new Map<string, number>();
      for (const term of terms) frequency.set(term, Math.min(documents, this.#postings.frequency(filter, term)));
      return { documents, averageLength, frequency };
    });
  }

  forget(tenant: string, subjectId: string): Promise<number> {
    return this.#file.write(() => {
      this.catchUp();
      let forgotten = 0;
      for (;;) {
        const rows = this.#postings.newest({ tenant, subjectIds: [subjectId] }, FORGOTTEN_AT_ONCE);
        const erased = rows.filter((row) =>
          this.#erase(row, (entry) => entry.tenant === tenant && entry.subject === subjectId),
        );
        forgotten += erased.length;
        if (erased.length === 0) return forgotten;
      }
    });
  }

  /** Removals too old to matter; how many. What expires goes with its document. */
  reap(now: number, limit: number): Promise<number> {
    return this.#file.write(() => {
      const rows = this.#statements.oldRemovals.all(now - REMOVALS_KEPT, limit);
      return rows.filter(({ row }) => this.#erase(Number(row), () => true)).length;
    });
  }

  /** Only inside a write of the file: the document has expired and is gone. */
  expire(document: { readonly tenant: string; readonly kind: Kind; readonly id: string }, now: number): void {
    const entry = this.#find(document);
    if (entry !== undefined) this.#erase(entry.row, ({ expires }) => expires !== null && expires <= now);
  }

  async check(): Promise<void> {
    await this.#file.read(() => this.#statements.row.get(0));
  }

  /** The file stays open: it is shared, and closed by who opened it. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
  }

  #put(entry: IndexEntry): void {
    const { tenant, kind, id, version, tier, namespace, subjectId, sessionId, agentId, type, at, expiresAt } = entry;
    const old = this.#find(entry);
    if (old !== undefined && (old.version > version || (old.removed !== null && old.version === version))) return;
    const stems = this.#options.stems(entry);
    const values = [
      version,
      tier,
      namespace,
      subjectId ?? null,
      sessionId ?? null,
      agentId ?? null,
      type,
      at,
      expiresAt,
      stems.length,
    ];
    let row: number;
    if (old === undefined) {
      row = Number(this.#statements.insert.run(tenant, kind, id, ...values).lastInsertRowid);
    } else {
      row = old.row;
      this.#unpost(old);
      this.#statements.update.run(...values, row);
    }
    this.#postings.insert(row, tokensOf(entry, stems));
    if (entry.vector !== undefined) this.#statements.insertVector.run(row, new Uint8Array(unit(entry.vector).buffer));
    for (const scope of scopesOf(entry)) this.#statements.count.run(scope, 1, stems.length);
  }

  #remove(removal: IndexRemoval): void {
    const { tenant, kind, id, version } = removal;
    const old = this.#find(removal);
    if (old === undefined) {
      this.#statements.insertRemoval.run(tenant, kind, id, version, this.#options.now());
    } else if (old.version <= version) {
      this.#unpost(old);
      this.#statements.updateRemoval.run(version, this.#options.now(), old.row);
    }
  }

  #read<T>(read: () => T): Promise<T> {
    return this.#file.read(() => {
      if (this.#statements.news.all(1).length > 0) this.#file.rework(() => this.catchUp());
      return read();
    });
  }

  #schedule(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      // Where it cannot be done now, the next search does it, or says why it cannot.
      this.#read(() => undefined).catch(() => undefined);
    }, milliseconds).unref();
  }

  /** The best of some rows, by weight, that the filter lets pass now. */
  #passing(
    filter: IndexFilter,
    weighted: readonly (readonly [row: number, weight: number])[],
    limit: number,
    now: number,
    factor: (row: EntryRow) => number,
  ): { readonly row: EntryRow; readonly weight: number }[] {
    const found: { row: EntryRow; weight: number }[] = [];
    // The factor of a row changes its place by little: some more than asked for are enough to choose from.
    const enough = Math.ceil(limit * 1.25);
    for (let from = 0; from < weighted.length && found.length < enough; from += enough) {
      const some = weighted.slice(from, from + enough);
      const rows = this.#statements.rows.all(JSON.stringify(some.map(([row]) => row)));
      const weights = new Map(some);
      for (const row of rows as unknown as readonly EntryRow[]) {
        if (allows(filter, row, now)) found.push({ row, weight: (weights.get(row.row) ?? 0) * factor(row) });
      }
    }
    return found.sort((one, other) => other.weight - one.weight || other.row.row - one.row.row).slice(0, limit);
  }

  #size(filter: IndexFilter): { readonly documents: number; readonly averageLength: number } {
    let [documents, length] = [0, 0];
    for (const scope of searchedScopes(filter)) {
      const row = this.#statements.scope.get(scope);
      documents += Number(row?.documents ?? 0);
      length += Number(row?.length ?? 0);
    }
    return { documents, averageLength: documents === 0 ? 1 : Math.max(1, length / documents) };
  }

  #find({ tenant, kind, id }: { readonly tenant: string; readonly kind: Kind; readonly id: string }) {
    return this.#statements.find.get(tenant, kind, id) as EntryRow | undefined;
  }

  #unpost({ row, tenant, subject, length, removed }: EntryRow): void {
    if (removed !== null) return;
    this.#postings.delete(row);
    this.#statements.deleteVector.run(row);
    for (const scope of scopesOf(subject === null ? { tenant } : { tenant, subjectId: subject })) {
      this.#statements.count.run(scope, -1, -(length ?? 0));
    }
  }

  #erase(row: number, which: (entry: EntryRow) => boolean): boolean {
    const entry = this.#statements.row.get(row) as EntryRow | undefined;
    if (entry === undefined || !which(entry)) return false;
    this.#unpost(entry);
    this.#statements.delete.run(row);
    return true;
  }
}

function candidate({ kind, id, tier }: EntryRow): Candidate {
  return { kind, id, tier: tier ?? 'semantic' };
}
