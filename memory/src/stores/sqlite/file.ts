import { closeSync, openSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { StoreFull, StoreUnavailable, VersionConflict } from '../store.ts';
import { migrate } from './schema.ts';

/** How long to wait for another process that writes to the same file; nothing else runs meanwhile. */
const BUSY_MILLISECONDS = 1000;
/** Most writes that share one transaction. */
const GROUP = 512;
/** Result codes of SQLite: FULL, TOOBIG. */
const FULL: ReadonlySet<number> = new Set([13, 18]);
/** PERM, BUSY, LOCKED, NOMEM, READONLY, IOERR, CORRUPT, CANTOPEN, PROTOCOL, NOTADB. */
const UNAVAILABLE: ReadonlySet<number> = new Set([3, 5, 6, 7, 8, 10, 11, 14, 15, 26]);
const NAME = 'sqlite';
/**
 * Pages of the log (16 MiB) from which on they are copied into the file. A page that many commits change is copied once; by
 * SQLite's own 1,000 that would be after some 150 commits.
 */
const CHECKPOINT_PAGES = 4096;

interface Waiting {
  readonly write: () => unknown;
  readonly resolve: (value: never) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * One SQLite file, shared by the stores of all tiers and the index. What is written during one turn of the event loop is
 * committed together, with one wait for the disk; each write is still all or nothing, and is answered only when it is on disk.
 */
export class SqliteFile {
  readonly database: DatabaseSync;
  #waiting: Waiting[] = [];
  #scheduled: NodeJS.Immediate | undefined;
  readonly #begin: StatementSync;
  readonly #end: StatementSync;

  /**
   * @param path of the file, which is made, readable by its owner only, where there is none; or `:memory:`
   * @throws UnknownSchema
   */
  constructor(path: string) {
    if (path !== ':memory:') closeSync(openSync(path, 'a', 0o600));
    this.database = new DatabaseSync(path, { timeout: BUSY_MILLISECONDS });
    try {
      this.database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536');
      this.database.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
      migrate(this.database, path);
      this.#begin = this.database.prepare('BEGIN IMMEDIATE');
      this.#end = this.database.prepare('COMMIT');
    } catch (error) {
      this.database.close();
      throw error;
    }
  }

  /**
   * Runs `write` in a transaction with others. It must read and check before it changes anything: after a VersionConflict the
   * transaction goes on.
   * @throws VersionConflict | StoreFull | StoreUnavailable
   */
  write<T>(write: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ write, resolve, reject });
      this.#scheduled ??= setImmediate(() => this.#flush());
    });
  }

  /**
   * Runs what can be done again after a loss of power, at once and without waiting for the disk; all of it or nothing.
   * @throws StoreUnavailable
   */
  rework(work: () => void): void {
    try {
      this.database.exec('PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE');
      work();
      this.database.exec('COMMIT');
    } catch (error) {
      if (this.database.isOpen && this.database.isTransaction) this.database.exec('ROLLBACK');
      const told = translated(error);
      throw told instanceof StoreFull ? new StoreUnavailable(NAME, { cause: error }) : told;
    } finally {
      if (this.database.isOpen) this.database.exec('PRAGMA synchronous = FULL');
    }
  }

  /** @throws StoreUnavailable */
  async read<T>(read: () => T): Promise<T> {
    try {
      return read();
    } catch (error) {
      throw translated(error);
    }
  }

  /** Writes what waits, and closes. */
  async close(): Promise<void> {
    while (this.#waiting.length > 0) this.#flush();
    if (this.database.isOpen) this.database.close();
  }

  #flush(): void {
    clearImmediate(this.#scheduled);
    this.#scheduled = undefined;
    const group = this.#waiting.splice(0, GROUP);
    if (this.#waiting.length > 0) this.#scheduled = setImmediate(() => this.#flush());
    if (this.#commit(group)) return;
    // One of them cannot be written, such as one for which there is no room: it must not take the others with it.
    for (const alone of group) this.#commit([alone]);
  }

  /** False where the group was rolled back and nobody was answered. */
  #commit(group: readonly Waiting[]): boolean {
    const answers: (() => void)[] = [];
    try {
      this.#begin.run();
      for (const { write, resolve, reject } of group) {
        try {
          const value = write() as never;
          answers.push(() => resolve(value));
        } catch (error) {
          if (!(error instanceof VersionConflict)) throw error;
          answers.push(() => reject(error));
        }
      }
      this.#end.run();
    } catch (error) {
      if (this.database.isOpen && this.database.isTransaction) this.database.exec('ROLLBACK');
      if (group.length > 1) return false;
      answers.length = 0;
      for (const { reject } of group) answers.push(() => reject(translated(error)));
    }
    for (const answer of answers) answer();
    return true;
  }
}

/** Errors of the code itself, such as wrong SQL, stay what they are. */
function translated(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  if (error.code === 'ERR_INVALID_STATE') return new StoreUnavailable(NAME, { cause: error });
  const code = 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
  if (code === undefined) return error;
  if (FULL.has(code)) return new StoreFull(NAME, { cause: error });
  return UNAVAILABLE.has(code) ? new StoreUnavailable(NAME, { cause: error }) : error;
}
