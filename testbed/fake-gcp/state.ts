/** What there is in the fake cloud, by the names that Cloud Asset Inventory gives it. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { quoted } from './pattern.ts';
import type { Fields } from './route.ts';

/** A resource of an API: `//secretmanager.googleapis.com/projects/p/secrets/s`. */
export type FullName = `//${string}`;

export interface Saved {
  readonly resources: Readonly<Record<string, Fields>>;
  readonly counters: Readonly<Record<string, number>>;
}

export class State {
  readonly #resources = new Map<string, Fields>();
  readonly #counters = new Map<string, number>();
  readonly #file: string | undefined;

  /** @param file where it is kept, so that the next one begins with it. Without: in memory alone */
  constructor(file?: string) {
    this.#file = file;
    if (file === undefined || !existsSync(file)) return;
    const { resources, counters } = JSON.parse(readFileSync(file, 'utf8')) as Saved;
    for (const [name, fields] of Object.entries(resources)) this.#resources.set(name, fields);
    for (const [name, count] of Object.entries(counters)) this.#counters.set(name, count);
  }

  get(name: string): Fields | undefined {
    return this.#resources.get(name);
  }

  set(name: string, fields: Fields): Fields {
    this.#resources.set(name, fields);
    return fields;
  }

  /** Fields that are given; others stay. Nothing happens where there is no such resource. */
  merge(name: string, fields: Fields): void {
    const before = this.#resources.get(name);
    if (before !== undefined) this.#resources.set(name, { ...before, ...fields });
  }

  /** Under another name. Nothing happens where there is no such resource. */
  move(from: string, to: string): void {
    const fields = this.#resources.get(from);
    this.#resources.delete(from);
    if (fields !== undefined) this.#resources.set(to, fields);
  }

  /** With everything below it: what is in a resource goes with it. */
  remove(name: string): void {
    this.#resources.delete(name);
    for (const other of this.#resources.keys()) if (other.startsWith(`${name}/`)) this.#resources.delete(other);
  }

  /** Names that a pattern takes from beginning to end; `-` or `*` as a whole segment takes every one. Sorted. */
  names(pattern: string): readonly string[] {
    const segments = pattern.split('/').map((part) => (part === '-' || part === '*' ? '[^/]+' : quoted(part)));
    const whole = new RegExp(`^${segments.join('/')}$`);
    return [...this.#resources.keys()].filter((name) => whole.test(name)).sort();
  }

  /** What begins with a prefix, in the order in which it came to be. */
  below(prefix: string): readonly Fields[] {
    return [...this.#resources].filter(([name]) => name.startsWith(prefix)).map(([, fields]) => fields);
  }

  list(pattern: string): readonly Fields[] {
    return this.names(pattern).map((name) => this.#resources.get(name) ?? {});
  }

  /** Everything that is there, by its full name: resources, not operations or policies. Sorted. */
  inventory(): readonly string[] {
    return [...this.#resources.keys()].filter((name) => !name.startsWith('//internal/')).sort();
  }

  /** 1, 2, 3... of each series. */
  next(series: string): number {
    const count = (this.#counters.get(series) ?? 0) + 1;
    this.#counters.set(series, count);
    return count;
  }

  /** A number that looks made by a server, and is the same in each run. */
  uniqueId(): string {
    return String(1_000_000_000_000_000_000n + BigInt(this.next('id')) * 7_919_000_003_717n);
  }

  toJSON(): Saved {
    return {
      resources: Object.fromEntries([...this.#resources].sort(([a], [b]) => (a < b ? -1 : 1))),
      counters: Object.fromEntries(this.#counters),
    };
  }

  /** Writes the file, where there is one: the whole or nothing of it. */
  save(): void {
    if (this.#file === undefined) return;
    writeFileSync(`${this.#file}.new`, JSON.stringify(this));
    renameSync(`${this.#file}.new`, this.#file);
  }
}
