import { type Caller, ToolRefusal } from '@ai-orchestra/mcp-kit';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Collection } from '../catalogue/collection.ts';
import type { Policy } from './policy.ts';
import { type Reach, reachOf } from './reach.ts';
import { type Visible, visibleOf } from './visible.ts';

const MOST_NAMES = 20;

/** A collection and the part of it that is the caller's: nothing is asked of Weaviate without both. */
export interface Opened {
  readonly visible: Visible;
  readonly reach: Reach;
}

/** The collections as callers know them. */
export class Library {
  readonly #catalogue: Catalogue;
  readonly #policy: Policy;
  #shown: { readonly of: readonly Collection[]; readonly visible: ReadonlyMap<string, Visible> } | undefined;

  constructor(catalogue: Catalogue, policy: Policy) {
    this.#catalogue = catalogue;
    this.#policy = policy;
  }

  /** In the order of their names. @throws {ToolRefusal} `unavailable` */
  async collections(): Promise<ReadonlyMap<string, Visible>> {
    const all = await this.#catalogue.collections();
    if (this.#shown?.of !== all) {
      const visible = all.flatMap((one) => visibleOf(one, this.#policy) ?? []);
      this.#shown = { of: all, visible: new Map(visible.map((one) => [one.name, one])) };
    }
    return this.#shown.visible;
  }

  /** @throws {ToolRefusal} `not_found`, the same for what is not there and for what is hidden; `unavailable` */
  async find(name: string): Promise<Visible> {
    const collections = await this.collections();
    const found = collections.get(name);
    if (found !== undefined) return found;
    const names = [...collections.keys()];
    const known = names.length === 0 ? 'none' : names.slice(0, MOST_NAMES).join(', ');
    throw new ToolRefusal(
      'not_found',
      `There is no collection ${JSON.stringify(name)} that you may read.`,
      `Name one of: ${known}${names.length > MOST_NAMES ? ', … (list_collections has all)' : ''}.`,
    );
  }

  /** @throws {ToolRefusal} as `find`; `policy` where the caller has no part of it */
  async open(name: string, caller: Caller): Promise<Opened> {
    const visible = await this.find(name);
    return { visible, reach: reachOf(visible, caller) };
  }

  /** Names of collections that begin so, for completion. */
  async names(start: string): Promise<readonly string[]> {
    return [...(await this.collections()).keys()].filter((name) => name.toLowerCase().startsWith(start.toLowerCase()));
  }

  /** Names of properties that begin so: of one collection, or of all. */
  async propertyNames(start: string, collection?: string): Promise<readonly string[]> {
    const collections = await this.collections();
    const among =
      collection === undefined
        ? [...collections.values()]
        : [collections.get(collection)].filter((one) => one !== undefined);
    const names = new Set(among.flatMap(({ properties }) => [...properties.keys()]));
    return [...names].filter((name) => name.toLowerCase().startsWith(start.toLowerCase())).sort();
  }
}
