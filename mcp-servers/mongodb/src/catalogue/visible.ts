/** What a caller may see of a sampled document, and what the document has besides. */
import type { CollectionAccess } from '../policy/access.ts';
import type { Sampled } from './learn.ts';

/** Names that are words: others would bring marks and commands from a database into sentences. */
const plainName = /^[\p{L}\p{N}_$@#:/ .-]{1,100}$/u;

/** Looks at the documents of one collection, for one kind of caller. */
export class Visible {
  readonly #access: CollectionAccess;
  readonly #readable = new Map<string, boolean>();

  constructor(access: CollectionAccess) {
    this.#access = access;
  }

  /** Every path that a document had, hidden ones too: for the policy alone. */
  get paths(): readonly string[] {
    return [...this.#readable.keys()];
  }

  /** The document without what is hidden. */
  of(document: Sampled): Sampled {
    return this.#document(document, '');
  }

  #document(document: Sampled, prefix: string): Sampled {
    return Object.fromEntries(
      Object.entries(document).flatMap(([key, value]) => {
        const path = `${prefix}${key}`;
        const inner = this.#value(value, `${path}.`);
        return this.#shows(path) ? [[key, inner]] : [];
      }),
    );
  }

  #value(value: unknown, prefix: string): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#value(item, prefix));
    if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
    return this.#document(value as Sampled, prefix);
  }

  #shows(path: string): boolean {
    const known = this.#readable.get(path);
    if (known !== undefined) return known;
    const shows = plainName.test(path) && this.#access.readable(path);
    this.#readable.set(path, shows);
    return shows;
  }
}
