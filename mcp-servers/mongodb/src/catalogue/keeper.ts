/** Keeps the catalogue fresh: learned by sampling, for each kind of caller from the rows and fields that such a caller may see. */
import { type Log, told } from '@ai-orchestra/mcp-kit';
import type { Access } from '../policy/access.ts';
import type { KnownPaths } from '../policy/guard.ts';
import type { CollectionName, Database, Effort } from '../run/database.ts';
import type { Catalogue } from './catalogue.ts';
import { catalogueOf, type SampledCollection, sampleCollection } from './learn.ts';
import { parseSynonyms } from './synonyms.ts';
import { Visible } from './visible.ts';

/** Documents of a collection that are looked at. */
const SAMPLE = 1000;
const SAMPLE_BYTES = 8 * 1024 * 1024;
/** Collections that are sampled at the same time. */
const AT_ONCE = 4;
/** Kinds of callers, such as tenants, whose catalogues are kept. */
const MOST_VIEWS = 50;

/** What a kind of caller may know of the database. */
export interface View {
  readonly catalogue: Catalogue;
  readonly collections: readonly CollectionName[];
  readonly knownPaths: KnownPaths;
  /** Milliseconds since 1970. */
  readonly learnedAt: number;
}

export interface KeeperOptions {
  readonly database: Database;
  /** Age after which a catalogue is learned again, in the background. */
  readonly seconds: number;
  /** Of one query. */
  readonly timeMs: number;
  /** Parsed content of the operator's file of synonyms. @default none */
  readonly synonyms?: unknown;
  readonly log: Log;
  now(): number;
}

interface Kept<Value> {
  readonly value: Promise<Value>;
  readonly at: number;
  refreshing: boolean;
}

export class CatalogueKeeper {
  readonly #options: KeeperOptions;
  readonly #views = new Map<string, Kept<View>>();
  readonly #names = new Map<string, Kept<readonly CollectionName[]>>();
  #toldSynonyms = false;

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  /** Every collection and view of the database, whoever may read it. @throws ToolRefusal */
  names(): Promise<readonly CollectionName[]> {
    return this.#fresh(this.#names, '', () => this.#options.database.collections(this.#effort()));
  }

  /** Waits where nothing is known yet; else gives what is known, and learns again where that is old. @throws ToolRefusal */
  async view(access: Access): Promise<View> {
    const view = await this.#fresh(this.#views, access.key, () => this.#learn(access));
    // The most recently asked for is last: the first is forgotten.
    const kept = this.#views.get(access.key);
    if (kept) this.#views.delete(access.key);
    if (kept) this.#views.set(access.key, kept);
    for (const key of this.#views.keys()) if (this.#views.size > MOST_VIEWS) this.#views.delete(key);
    return view;
  }

  #fresh<Value>(kept: Map<string, Kept<Value>>, key: string, learn: () => Promise<Value>): Promise<Value> {
    const { seconds, log, now } = this.#options;
    const own = kept.get(key);
    if (!own) {
      const value = learn();
      kept.set(key, { value, at: now(), refreshing: false });
      value.catch(() => kept.delete(key));
      return value;
    }
    if (now() - own.at >= seconds * 1000 && !own.refreshing) {
      own.refreshing = true;
      learn().then(
        (value) => kept.set(key, { value: Promise.resolve(value), at: now(), refreshing: false }),
        (error: unknown) => {
          own.refreshing = false;
          log('warn', 'The catalogue could not be read again; the one before is used', { error: told(error) });
        },
      );
    }
    return own.value;
  }

  async #learn(access: Access): Promise<View> {
    const names = (await this.names()).filter(({ name }) => access.collection(name) !== undefined);
    const sampled: SampledCollection[] = [];
    const paths = new Map<string, readonly string[]>();
    const waiting = [...names];
    const work = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const own = await this.#sample(next.name, access);
        if (own) sampled.push(own.collection);
        paths.set(next.name, own?.paths ?? []);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    const collections = sampled.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    return {
      catalogue: this.#named(collections),
      collections: names,
      knownPaths: (collection) => paths.get(collection) ?? [],
      learnedAt: this.#options.now(),
    };
  }

  async #sample(name: string, access: Access) {
    const { database, log } = this.#options;
    const own = access.collection(name);
    if (!own) return undefined;
    try {
      const documents = await database.sample(name, own.rows, SAMPLE, this.#effort());
      const visible = new Visible(own);
      const collection = sampleCollection(
        name,
        documents.map((document) => visible.of(document)),
      );
      return { collection, paths: visible.paths };
    } catch (error) {
      // The others are worth having; questions about this one are not understood.
      log('warn', 'A collection could not be sampled', { collection: name, error: told(error) });
      return undefined;
    }
  }

  #named(collections: readonly SampledCollection[]): Catalogue {
    const catalogue = catalogueOf(collections);
    const { synonyms: content, log } = this.#options;
    if (content === undefined) return catalogue;
    const parsed = parseSynonyms(content, catalogue);
    if (!parsed.ok && !this.#toldSynonyms) {
      this.#toldSynonyms = true;
      // A caller may see less than the file names: that is no mistake for every caller.
      for (const { path, allowed, fix } of parsed.problems)
        log('warn', `Synonyms: ${path} is not known`, { allowed, fix });
    }
    return { ...catalogue, synonyms: parsed.synonyms };
  }

  #effort(): Effort {
    return {
      signal: new AbortController().signal,
      timeMs: this.#options.timeMs,
      bytes: SAMPLE_BYTES,
      comment: 'mcp-mongodb catalogue',
    };
  }
}
