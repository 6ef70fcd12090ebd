/** What a search is, after every name of it is looked up. */
import type { Property, Vector } from '../catalogue/collection.ts';
import type { Filter } from '../filters/filter.ts';
import type { Reach } from '../policy/reach.ts';
import type { Visible } from '../policy/visible.ts';
import type { Grouping } from '../ranking/groups.ts';
import type { TimeDecay } from '../ranking/time-decay.ts';

export type Mode =
  | { readonly kind: 'keyword'; readonly query: string; readonly words: readonly string[] }
  | { readonly kind: 'near_text'; readonly query: string; readonly vector: Vector }
  | { readonly kind: 'near_vector'; readonly at: readonly number[]; readonly vector: Vector }
  | {
      readonly kind: 'hybrid';
      readonly query: string;
      readonly words: readonly string[];
      readonly vector: Vector;
      /** In place of the vector of the query. */
      readonly at?: readonly number[];
      readonly alpha: number;
    };

export interface SearchRequest {
  readonly visible: Visible;
  readonly reach: Reach;
  readonly mode: Mode;
  readonly filter?: Filter;
  /** An object that is not to be found, by id. */
  readonly without?: string;
  /** Results end at so many jumps of their scores. */
  readonly autocut?: number;
  readonly decay?: TimeDecay & { readonly property: Property | '_created' };
  readonly mmr?: { readonly balance: number; readonly vector: Vector };
  readonly group?: Grouping & { readonly property: Property };
  readonly sort?: { readonly property: Property; readonly descending: boolean };
  /** Properties of the objects to give back. */
  readonly properties: readonly Property[];
  readonly explain: boolean;
  readonly limit: number;
  /** How many results come before. */
  readonly offset: number;
  /** Most bytes of the objects given back. */
  readonly bytes: number;
}
