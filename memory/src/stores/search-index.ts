/**
 * Finds candidates, and is never believed: what it names is read back from the store that owns it, so an index that is behind
 * can show neither a deleted, an expired nor another tenant's record.
 */
import type { Kind, Tier } from './store.ts';

/** What the index holds of one document. Written at least once, in any order: a lower version never replaces a higher one. */
export interface IndexEntry {
  readonly tenant: string;
  readonly kind: Kind;
  readonly id: string;
  readonly tier: Tier;
  readonly version: number;
  readonly namespace: string;
  readonly subjectId?: string;
  readonly sessionId?: string;
  readonly agentId?: string;
  readonly type: string;
  /** Milliseconds since 1970: when what it tells of happened, or when it was made. */
  readonly at: number;
  readonly expiresAt: number | null;
  /** Searchable text, and who said it. */
  readonly text: string;
  readonly speaker?: string;
  /** Made by the model and of the length that the index is set up for. */
  readonly vector?: readonly number[];
}

/** A document that the index must not find any more; wins over an entry of the same or a lower version, whenever that comes. */
export interface IndexRemoval {
  readonly tenant: string;
  readonly kind: Kind;
  readonly id: string;
  readonly version: number;
}

/** The boundary of a search, applied inside the index too; `tenant` has no default. */
export interface IndexFilter {
  readonly tenant: string;
  /** Each list: any of; absent: not asked for. */
  readonly namespaces?: readonly string[];
  readonly subjectIds?: readonly string[];
  readonly sessionIds?: readonly string[];
  readonly agentIds?: readonly string[];
  readonly types?: readonly string[];
  readonly tiers?: readonly Tier[];
  /** Milliseconds since 1970; from is inclusive, to exclusive. */
  readonly from?: number;
  readonly to?: number;
}

export interface Candidate {
  readonly kind: Kind;
  readonly id: string;
  readonly tier: Tier;
  /** BM25 as the index computes it; absent where only its vector was near. */
  readonly lexical?: number;
  /** Cosine similarity, -1 to 1; absent where only its words matched. */
  readonly similarity?: number;
}

/** How common a word is, for the one who scores the candidates again. */
export interface TermStatistics {
  readonly documents: number;
  readonly averageLength: number;
  readonly frequency: ReadonlyMap<string, number>;
}

export interface SearchIndex {
  /** `sqlite` or `weaviate`. */
  readonly name: string;
  /** True where a document is found as soon as its store has it: the embedded index. */
  readonly immediate: boolean;
  apply(entries: readonly IndexEntry[], removals: readonly IndexRemoval[]): Promise<void>;
  /** The best by words: `terms` are stems as `analyse` of search/ gives them. At most `limit`, best first. */
  lexical(filter: IndexFilter, terms: readonly string[], limit: number, now: number): Promise<readonly Candidate[]>;
  /** The nearest by cosine. */
  nearest(filter: IndexFilter, vector: readonly number[], limit: number, now: number): Promise<readonly Candidate[]>;
  /** Undefined where the index cannot tell: the caller estimates from the candidates. */
  statistics(filter: IndexFilter, terms: readonly string[]): Promise<TermStatistics | undefined>;
  /** Every entry of a subject, gone. */
  forget(tenant: string, subjectId: string): Promise<number>;
  /** Gives back the space of what expired before `now`, and of removals older than a late entry can be; returns how many. */
  reap?(now: number, limit: number): Promise<number>;
  /**
   * Mends what the index lost when it died, of what was written since then (milliseconds since 1970); returns how many entries it
   * looked at. Called when it answers again.
   */
  recover?(since: number): Promise<number>;
  check(): Promise<void>;
  close(): Promise<void>;
}
