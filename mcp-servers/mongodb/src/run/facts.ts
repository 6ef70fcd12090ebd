/** Sizes and indexes of collections, remembered for a while. */
import type { Database, Effort, Index } from './database.ts';

/** Milliseconds for which a size or a list of indexes is good enough. */
const FRESH = 30_000;
const MOST_KEPT = 2000;

interface Kept {
  readonly at: number;
  readonly value: Promise<unknown>;
}

export class Facts {
  readonly #database: Database;
  readonly #now: () => number;
  readonly #kept = new Map<string, Kept>();

  constructor(database: Database, now: () => number) {
    this.#database = database;
    this.#now = now;
  }

  size(collection: string, effort: Effort): Promise<number> {
    return this.#fresh(`size ${collection}`, () => this.#database.size(collection, forAll(effort)));
  }

  indexes(collection: string, effort: Effort): Promise<readonly Index[]> {
    return this.#fresh(`indexes ${collection}`, () => this.#database.indexes(collection, forAll(effort)));
  }

  #fresh<Value>(key: string, ask: () => Promise<Value>): Promise<Value> {
    const kept = this.#kept.get(key);
    if (kept && Math.abs(this.#now() - kept.at) < FRESH) return kept.value as Promise<Value>;
    const value = ask();
    if (this.#kept.size >= MOST_KEPT) this.#kept.clear();
    this.#kept.set(key, { at: this.#now(), value });
    // A failure is not remembered: the next call asks again.
    value.catch(() => this.#kept.delete(key));
    return value;
  }
}

/** Who waits for the answer is not alone: it outlives the call that asked first. */
const forAll = (effort: Effort): Effort => ({ ...effort, signal: new AbortController().signal });
