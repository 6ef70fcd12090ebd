/** What the check of a query knows and finds: all mistakes are told together. */
import { ToolRefusal } from '@ai-orchestra/mcp-kit';
import type { Access, CollectionAccess } from '../access.ts';
import type { KnownPaths } from '../guard.ts';

/** What a server of MongoDB's protocol can do. */
export interface Dialect {
  /** `$lookup` takes `localField` and `pipeline` together: MongoDB 5.0 and newer, and not every compatible server. */
  readonly conciseLookup: boolean;
}

/** Bounds of one query; one that reaches them is a mistake or an attack. */
export const most = { depth: 40, values: 5000, stages: 40, collections: 6, items: 1000, letters: 10_000 } as const;

/** Where a part of a query stands. */
export interface Place {
  /** For a person, such as `pipeline[0].$match.status`. */
  readonly at: string;
  /** While paths are still those of the collection's documents. */
  readonly documents?: CollectionAccess;
  readonly variables: ReadonlySet<string>;
  readonly depth: number;
}

export const within = (place: Place, step: string | number): Place => ({
  ...place,
  at: typeof step === 'number' ? `${place.at}[${step}]` : `${place.at}.${step}`,
  depth: place.depth + 1,
});

type Kind = 'policy' | 'argument' | 'cost';

interface Mistake {
  readonly kind: Kind;
  readonly text: string;
  readonly fix: string;
}

/** How many mistakes are shown. */
const SHOWN = 20;

export class Check {
  readonly access: Access;
  readonly knownPaths: KnownPaths;
  readonly dialect: Dialect;
  /** Most rows of the answer. */
  readonly limit: number;
  readonly #mistakes: Mistake[] = [];
  readonly #collections = new Map<string, CollectionAccess>();
  #values = 0;
  #tooDeep = false;
  #stages = 0;
  #reads = 0;

  constructor(access: Access, knownPaths: KnownPaths, dialect: Dialect, limit: number) {
    this.access = access;
    this.knownPaths = knownPaths;
    this.dialect = dialect;
    this.limit = limit;
  }

  mistake(kind: Kind, place: Place, text: string, fix: string): void {
    if (this.#mistakes.length < 100) this.#mistakes.push({ kind, text: `${place.at}: ${text}`, fix });
  }

  /** Counts a value. False where the query is too large to go on. */
  counts(place: Place): boolean {
    this.#values++;
    if (this.#values === most.values + 1)
      this.mistake('cost', place, `the query has more than ${most.values} values`, 'Ask for less at once.');
    if (place.depth > most.depth && !this.#tooDeep) {
      this.#tooDeep = true;
      this.mistake('cost', place, `it is nested more than ${most.depth} deep`, 'Make it flatter.');
    }
    return this.#values <= most.values && place.depth <= most.depth;
  }

  countsStage(place: Place): void {
    this.#stages++;
    if (this.#stages === most.stages + 1)
      this.mistake('cost', place, `there are more than ${most.stages} stages`, 'Ask for less at once.');
  }

  /** A collection that is read from; undefined, and a mistake, where the caller may not know of it. */
  collection(name: unknown, place: Place): CollectionAccess | undefined {
    this.#reads++;
    if (this.#reads === most.collections + 1)
      this.mistake('cost', place, `more than ${most.collections} collections are read`, 'Join fewer collections.');
    const found = typeof name === 'string' ? this.access.collection(name) : undefined;
    if (found) this.#collections.set(found.name, found);
    else this.mistake('policy', place, noCollection(name), 'Use a collection that list_collections gives.');
    return found;
  }

  /** Whether a name may be written in the query at all. */
  name(name: string, place: Place): boolean {
    const collections = this.#collections.size > 0 ? [...this.#collections.values()] : [];
    if (!/^[^$\0]/.test(name) || name.includes('\0') || name === '__proto__' || name.length > 200) {
      this.mistake(
        'argument',
        place,
        `${quoted(name)} is not the name of a field`,
        'Use a name that collection_schema lists.',
      );
      return false;
    }
    if (collections.some(({ deniesName }) => deniesName(name))) {
      this.mistake(
        'policy',
        place,
        `${quoted(name)} is a field that may not be read`,
        'Leave it out; a result needs another name.',
      );
      return false;
    }
    return true;
  }

  /** A path to a field, without a leading `$`. */
  path(path: string, place: Place): void {
    const steps = path.split('.');
    if (!steps.every((step) => this.name(step, place))) return;
    if (place.documents && !place.documents.readable(path))
      this.mistake(
        'policy',
        place,
        `${quoted(path)} is a field that may not be read`,
        'Use a field that collection_schema lists.',
      );
  }

  /** @throws ToolRefusal where there is any mistake */
  finish(): void {
    const [first] = this.#mistakes;
    if (!first) return;
    const kinds = new Set(this.#mistakes.map(({ kind }) => kind));
    const shown = this.#mistakes.slice(0, SHOWN).map(({ text }) => text);
    const left = this.#mistakes.length - shown.length;
    throw new ToolRefusal(
      kinds.has('policy') ? 'policy' : first.kind,
      [...shown, ...(left > 0 ? [`and ${left} more`] : [])].join('\n'),
      [...new Set(this.#mistakes.slice(0, SHOWN).map(({ fix }) => fix))].join(' '),
    );
  }
}

export const quoted = (text: unknown): string => {
  const shown = typeof text === 'string' ? text : (JSON.stringify(text) ?? typeof text);
  return `'${shown.length > 60 ? `${shown.slice(0, 60)}…` : shown}'`;
};

const noCollection = (name: unknown) => `there is no collection ${quoted(name)} that may be read`;

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' &&
  value !== null &&
  (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null);

export const notAllowed = (name: string, place: Place, check: Check): void =>
  check.mistake(
    'policy',
    place,
    `${quoted(name)} is not an operator that may be used here`,
    'Use find, aggregate and their common operators.',
  );
