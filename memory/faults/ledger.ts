import type { Tier } from '../src/stores/store.ts';

/** yes: it was acknowledged; no: so was its end; maybe: nobody was told how the write went. */
export type Certainty = 'yes' | 'no' | 'maybe';

export interface Kept {
  readonly id: string;
  readonly batch: Batch;
  /** It has one of these; more than one where the answer to an edit did not come. */
  texts: readonly string[];
  there: Certainty;
}

/** Memories of one request, which are written together. */
export interface Batch {
  /** Also its Idempotency-Key, its subject, and a word of each text. */
  readonly name: string;
  readonly tier: Tier;
  readonly texts: readonly string[];
  written: Certainty;
  memories: readonly Kept[];
}

/** Messages of one request, which are written side by side. */
export interface Said {
  readonly name: string;
  readonly session: string;
  readonly contents: readonly string[];
  written: Certainty;
  sequences: readonly number[];
}

export interface Counts {
  /** Writes that were answered with success. */
  acknowledged: number;
  /** Writes that were answered 503. They may have been done. */
  refused: number;
  /** Writes that were answered 507. They were not done. */
  full: number;
  /** Writes whose answer did not come, as the service was killed. */
  unanswered: number;
  /** Reads that were answered with all that should be there. */
  right: number;
  /** Reads whose answer said that something is missing, or that were refused with 503. */
  degraded: number;
}

/** What callers were told, against which everything that can be read is held. */
export class Ledger {
  readonly batches = new Map<string, Batch>();
  readonly said: Said[] = [];
  /** Answers that must not be: the wrong status, or not what was written and without a word of it. */
  readonly wrong: string[] = [];
  counts: Counts = noCounts();
  /** New memories by tier since the last `restartTiers`: how often that went well, and how often not. */
  created: Record<Tier, { acknowledged: number; refused: number }> = byTier();

  /** What was told is kept, and counted anew. */
  restart(): void {
    this.counts = noCounts();
    this.wrong.length = 0;
    this.restartTiers();
  }

  restartTiers(): void {
    this.created = byTier();
  }

  get memories(): readonly Kept[] {
    return [...this.batches.values()].flatMap(({ memories }) => memories);
  }
}

function noCounts(): Counts {
  return { acknowledged: 0, refused: 0, full: 0, unanswered: 0, right: 0, degraded: 0 };
}

function byTier(): Ledger['created'] {
  const none = () => ({ acknowledged: 0, refused: 0 });
  return { short: none(), mid: none(), long: none(), semantic: none() };
}
