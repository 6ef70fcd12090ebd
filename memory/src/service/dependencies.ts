import type { Relay } from '../relay/relay.ts';
import type { Embedder } from '../search/dense/embedder.ts';
import type { SearchIndex } from '../stores/search-index.ts';
import type { DocumentStore } from '../stores/store.ts';

/** A tier that has a store of its own; a semantic memory's document is in that of the long tier. */
export type StoreTier = 'short' | 'mid' | 'long';
export const storeTiers: readonly StoreTier[] = ['short', 'mid', 'long'];

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
}

/** What holds in a namespace whose policy says nothing else. */
export interface Defaults {
  readonly ttlMilliseconds: {
    readonly short: number;
    readonly mid: number;
    /** null: for ever. */
    readonly long: number | null;
  };
  readonly quarantine: 'off' | 'hold' | 'reject';
  readonly quota: { readonly records: number; readonly bytes: number };
}

export interface Dependencies {
  readonly stores: Readonly<Record<StoreTier, DocumentStore>>;
  readonly index: SearchIndex;
  /** What tells the index of pending documents; absent where the index is written with the document. */
  readonly relay?: Pick<Relay, 'notify' | 'indexed' | 'stats'>;
  /** Makes vectors of questions; absent: search by words alone. */
  readonly embedder?: Pick<Embedder, 'embed' | 'model' | 'dimensions'>;
  readonly clock: Clock;
  readonly defaults: Defaults;
  /** Signs cursors, consistency tokens and receipts; at least 32 bytes. */
  readonly signingKey: string | Uint8Array;
  /** Told of work in the background that failed and will be tried again. */
  readonly onProblem?: (what: string, error: unknown) => void;
}
