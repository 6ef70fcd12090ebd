import type { IndexRemoval, SearchIndex } from '../stores/search-index.ts';
import type { Document, DocumentStore, OwnedDocument, Tier } from '../stores/store.ts';
import { Failures, nameKey, type Parked } from './failures.ts';
import { isEmbedderAway, type Outcome, tellIndex, type VectorMaker } from './indexing.ts';
import type { Waiters } from './waiters.ts';

export interface StoreRelayOptions {
  readonly tier: Tier;
  readonly store: DocumentStore;
  readonly index: SearchIndex;
  readonly embedder?: VectorMaker;
  readonly waiters: Waiters;
  readonly now: () => number;
  /** Documents of one call of the index. */
  readonly batch: number;
  /** Documents that wait here at most; the rest wait in their store. */
  readonly queue: number;
  /** Failures from which on a document is parked. */
  readonly attempts: number;
  /** Tells the relays of the other stores of documents that are there, and gives those that are certainly nowhere. */
  readonly elsewhere: (documents: readonly OwnedDocument[]) => Promise<readonly OwnedDocument[]>;
  /** Told of each batch: how many, and for how many milliseconds the oldest of them had waited here. */
  readonly onIndexed?: (tier: Tier, documents: number, lagMilliseconds: number) => void;
}

interface Waiting {
  readonly document: OwnedDocument;
  readonly since: number;
}

const LONGEST_PAUSE = 60_000;
/** Documents that failed before and that a sweep looks past. */
const MOST_FAILURES = 5000;

/** The relay of one store: one batch at a time, so that a store that hangs holds up no other. */
export class StoreRelay {
  private readonly options: StoreRelayOptions;
  private readonly waiting = new Map<string, Waiting>();
  private readonly failures: Failures;
  /** Ends with what went wrong. */
  private running: Promise<{ readonly error: unknown } | undefined> | undefined;
  /** Calls of the index in a row that found it away, and until when it is left alone. */
  private away = { times: 0, until: 0 };

  constructor(options: StoreRelayOptions) {
    this.options = options;
    this.failures = new Failures(options.attempts);
  }

  /** What was just written. What does not fit is found by the next sweep. */
  notify(documents: readonly OwnedDocument[]): void {
    const since = this.options.now();
    for (const document of documents) {
      const key = nameKey(document);
      const known = this.waiting.get(key);
      if (known ? known.document.version >= document.version : this.waiting.size >= this.options.queue) continue;
      this.waiting.set(key, { document, since: known?.since ?? since });
    }
    this.start();
  }

  /**
   * Looks for what nobody told of: after a crash, or written by a replica that is gone. Ends when all that can be done is.
   * @throws what the store or the index throws
   */
  async sweep(): Promise<void> {
    const { store, queue, batch, now } = this.options;
    if (this.away.until <= now()) {
      const room = Math.max(queue - this.waiting.size, 0);
      // Those that fail are the oldest, and must not hide the rest.
      const limit = Math.min(room, 4 * batch) + Math.min(this.failures.size, MOST_FAILURES);
      const found = room === 0 ? [] : await store.pending(limit);
      if (room > 0 && found.length < limit) this.failures.keep(found);
      this.notify(found.filter((document) => this.failures.isDue(document, now())));
    }
    const problem = await this.running;
    if (problem) throw problem.error;
  }

  get backlog(): number {
    return this.waiting.size + this.failures.size;
  }

  /** Milliseconds for which the oldest has waited here. */
  get lag(): number {
    const [oldest] = this.waiting.values();
    return oldest === undefined ? 0 : this.options.now() - oldest.since;
  }

  get parkedCount(): number {
    return this.failures.parkedCount;
  }

  parked(limit: number): readonly Parked[] {
    return this.failures.parked(this.options.tier, limit);
  }

  /** Ends after the batch under way; what waits is pending in its store. */
  async stop(): Promise<void> {
    this.waiting.clear();
    await this.running;
  }

  private start(): void {
    if (this.running || this.waiting.size === 0 || this.away.until > this.options.now()) return;
    this.running = this.run()
      .then(
        () => undefined,
        (error: unknown) => {
          this.leaveAlone();
          return { error };
        },
      )
      .finally(() => {
        this.running = undefined;
      });
  }

  private async run(): Promise<void> {
    while (this.waiting.size > 0 && this.away.until <= this.options.now()) {
      const taken = [...this.waiting].slice(0, this.options.batch);
      await this.index(taken.map(([, { document }]) => document));
      for (const [key, one] of taken) if (this.waiting.get(key) === one) this.waiting.delete(key);
      const lag = this.options.now() - Math.min(...taken.map(([, { since }]) => since));
      this.options.onIndexed?.(this.options.tier, taken.length, lag);
    }
  }

  private leaveAlone(): void {
    const times = this.away.times + 1;
    this.away = { times, until: this.options.now() + Math.min(500 * 2 ** Math.min(times, 10), LONGEST_PAUSE) };
  }

  /** @throws StoreUnavailable, StoreFull */
  private async index(documents: readonly OwnedDocument[]): Promise<void> {
    const { tier, index, embedder, waiters, now } = this.options;
    const outcomes = await tellIndex(documents, tier, { index, ...(embedder && { embedder }), now: now() });
    this.away = { times: 0, until: 0 };
    const told = outcomes.filter(({ state }) => state !== 'failed').map(({ document }) => document);
    await this.correct(told);
    for (const outcome of outcomes) this.note(outcome);
    for (const document of told) waiters.indexed(document);
    await this.options.store.settle(outcomes.filter(({ state }) => state === 'done').map(({ document }) => document));
  }

  private note({ document, state, error }: Outcome): void {
    if (state === 'done') this.failures.forget(document);
    else this.failures.record(document, error, this.options.now(), { counts: !isEmbedderAway(error) });
  }

  /**
   * The index cannot compare and write in one step, so another replica may have told it of a newer version in between, which it
   * now has lost. So whoever writes looks afterwards whether the store has moved on. A memory that was promoted meanwhile is in
   * another store, whose relay may have been faster: a removal could hide it for good.
   */
  private async correct(told: readonly OwnedDocument[]): Promise<void> {
    const { store, index, now } = this.options;
    const searchable = told.filter(({ kind }) => kind === 'memory' || kind === 'message');
    const missing: OwnedDocument[] = [];
    for (const [tenant, documents] of Map.groupBy(searchable, ({ tenant }) => tenant)) {
      const current = await store.get(tenant, documents, now());
      for (const [i, document] of documents.entries()) {
        const newer: Document | undefined = current[i];
        if (newer === undefined) missing.push(document);
        else if (newer.version > document.version)
          this.waiting.set(nameKey(document), { document: { ...newer, tenant }, since: now() });
      }
    }
    const gone = missing.length === 0 ? [] : await this.options.elsewhere(missing);
    const removals = gone.map(({ tenant, kind, id, version }): IndexRemoval => ({ tenant, kind, id, version }));
    if (removals.length > 0) await index.apply([], removals);
  }
}
