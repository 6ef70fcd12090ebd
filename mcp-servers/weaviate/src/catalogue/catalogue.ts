import type { Collection } from './collection.ts';

/** Reads every collection. @throws {ToolRefusal} `unavailable` */
export type ReadCollections = (signal: AbortSignal) => Promise<readonly Collection[]>;

/** The collections as they were when last read: read again when too old, once for all who wait. */
export class Catalogue {
  readonly #read: ReadCollections;
  readonly #lifetime: number;
  readonly #now: () => number;
  #known: { readonly at: number; readonly collections: readonly Collection[] } | undefined;
  #reading: Promise<readonly Collection[]> | undefined;

  /** @param seconds how old it may get */
  constructor(read: ReadCollections, seconds: number, now: () => number) {
    this.#read = read;
    this.#lifetime = seconds * 1000;
    this.#now = now;
  }

  /** In the order of their names. @throws {ToolRefusal} `unavailable` where Weaviate does not answer */
  async collections(): Promise<readonly Collection[]> {
    const known = this.#known;
    if (known && this.#now() - known.at < this.#lifetime) return known.collections;
    // Whoever waits may go away; the others still wait, so that no caller's signal ends it.
    this.#reading ??= this.#readAll().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #readAll(): Promise<readonly Collection[]> {
    const at = this.#now();
    const read = await this.#read(new AbortController().signal);
    const collections = read.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    this.#known = { at, collections };
    return collections;
  }
}
