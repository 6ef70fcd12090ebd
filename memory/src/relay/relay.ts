import type { SearchIndex } from '../stores/search-index.ts';
import { type DocumentStore, type OwnedDocument, StoreUnavailable, type Tier } from '../stores/store.ts';
import type { Parked } from './failures.ts';
import type { VectorMaker } from './indexing.ts';
import { StoreRelay, type StoreRelayOptions } from './store-relay.ts';
import { Waiters } from './waiters.ts';

export interface RelayOptions {
  readonly stores: readonly { readonly tier: Tier; readonly store: DocumentStore }[];
  readonly index: SearchIndex;
  /** Default: none, and the index is told words alone. */
  readonly embedder?: VectorMaker;
  readonly clock: { now(): number };
  /** Default: 64. */
  readonly batch?: number;
  /** Default: 10,000 for each store. */
  readonly queue?: number;
  /** Default: 8, which takes some four minutes. */
  readonly attempts?: number;
  /** Between two looks into the stores. Default: 2,000. */
  readonly sweepMilliseconds?: number;
  /** Between two times that expired space is given back. Default: 60,000. */
  readonly reapMilliseconds?: number;
  readonly onIndexed?: StoreRelayOptions['onIndexed'];
  /** A sweep found a store or the index away; the next one tries again. */
  readonly onProblem?: (tier: Tier | 'index', error: unknown) => void;
}

export interface RelayStats {
  /** Documents that are known here not to be in the index. */
  readonly backlog: number;
  /** Milliseconds for which the oldest that can be indexed has waited. */
  readonly lagMilliseconds: number;
  readonly parked: number;
  /** The first of them. */
  readonly parkedDocuments: readonly Parked[];
}

const PARKED_SHOWN = 100;
const REAPED_AT_ONCE = 1000;
/** Milliseconds before an index was seen for the last time, from which on what it took may be lost. */
const MAY_BE_LOST = 600_000;

/**
 * Brings what the stores hold to the search index, at least once and in any order: right after a commit when told, and by sweeps
 * over each store's outbox. Several replicas may do the same work; it comes to the same.
 */
export class Relay {
  private readonly options: RelayOptions;
  private readonly waiters = new Waiters();
  private readonly relays: ReadonlyMap<Tier, StoreRelay>;
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<void> | undefined;
  private reapAt: number;
  /** Until it has answered for the first time, it counts as away. */
  private indexIsAway = true;
  private indexAnsweredAt: number;

  constructor(options: RelayOptions) {
    const { stores, index, embedder, clock, batch = 64, queue = 10_000, attempts = 8, onIndexed } = options;
    this.options = options;
    this.reapAt = clock.now();
    this.indexAnsweredAt = clock.now();
    const now = () => clock.now();
    const shared = { index, now, batch, queue, attempts, waiters: this.waiters };
    const optional = { ...(embedder && { embedder }), ...(onIndexed && { onIndexed }) };
    this.relays = new Map(
      stores.map(({ tier, store }) => {
        const elsewhere = (documents: readonly OwnedDocument[]) => this.elsewhere(tier, documents);
        return [tier, new StoreRelay({ ...shared, ...optional, tier, store, elsewhere })];
      }),
    );
  }

  /** Begins to sweep, at once and then regularly. */
  start(): void {
    const sweep = () => {
      this.sweeping ??= this.sweep().finally(() => {
        this.sweeping = undefined;
      });
    };
    this.timer = setInterval(sweep, this.options.sweepMilliseconds ?? 2000);
    sweep();
  }

  /** To be called after a commit, with what of it is pending. Never waits. */
  notify(tier: Tier, documents: readonly OwnedDocument[]): void {
    this.relays.get(tier)?.notify(documents);
  }

  /**
   * As `notify`, and waits until a search finds them.
   * @returns false where that took longer; it will happen all the same
   */
  indexed(tier: Tier, documents: readonly OwnedDocument[], timeoutMilliseconds: number): Promise<boolean> {
    const waited = this.waiters.wait(documents, timeoutMilliseconds);
    this.notify(tier, documents);
    return waited;
  }

  /** Indexes all that is pending now, and gives back space when it is time. Never throws: the next sweep tries again. */
  async sweep(): Promise<void> {
    await this.tolerate('index', () => this.watchIndex());
    const swept = [...this.relays].map(([tier, relay]) => this.tolerate(tier, () => relay.sweep()));
    await Promise.all(swept);
    const now = this.options.clock.now();
    if (now < this.reapAt) return;
    this.reapAt = now + (this.options.reapMilliseconds ?? 60_000);
    const { stores, index } = this.options;
    const reaped = stores.map(({ tier, store }) => this.tolerate(tier, async () => store.reap?.(now, REAPED_AT_ONCE)));
    await Promise.all([...reaped, this.tolerate('index', async () => index.reap?.(now, REAPED_AT_ONCE))]);
  }

  get stats(): RelayStats {
    const relays = [...this.relays.values()];
    return {
      backlog: relays.reduce((sum, { backlog }) => sum + backlog, 0),
      lagMilliseconds: Math.max(0, ...relays.map(({ lag }) => lag)),
      parked: relays.reduce((sum, { parkedCount }) => sum + parkedCount, 0),
      parkedDocuments: relays.flatMap((relay) => relay.parked(PARKED_SHOWN)).slice(0, PARKED_SHOWN),
    };
  }

  /** Ends after what is under way; what is left is pending in its store. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all([...this.relays.values()].map((relay) => relay.stop().catch(() => undefined)));
    await this.sweeping;
  }

  /** A store that does not answer may have any of them: then none is certainly gone, and what is read back decides. */
  private async elsewhere(than: Tier, documents: readonly OwnedDocument[]): Promise<readonly OwnedDocument[]> {
    const now = this.options.clock.now();
    const there = new Set<OwnedDocument>();
    try {
      for (const { tier, store } of this.options.stores.filter((one) => one.tier !== than)) {
        for (const [tenant, some] of Map.groupBy(documents, (one) => one.tenant)) {
          const found = await store.get(tenant, some, now);
          for (const [i, document] of some.entries()) {
            const moved = found[i];
            if (moved === undefined) continue;
            there.add(document);
            this.notify(tier, [{ ...moved, tenant }]);
          }
        }
      }
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      return [];
    }
    return documents.filter((document) => !there.has(document));
  }

  /** An index that died may have lost what it took last: it is asked to mend itself when it is there again. */
  private async watchIndex(): Promise<void> {
    const { index, clock } = this.options;
    try {
      await index.check();
      if (this.indexIsAway) await index.recover?.(this.indexAnsweredAt - MAY_BE_LOST);
    } catch (error) {
      this.indexIsAway = true;
      throw error;
    }
    this.indexIsAway = false;
    this.indexAnsweredAt = clock.now();
  }

  private async tolerate(who: Tier | 'index', work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.options.onProblem?.(who, error);
    }
  }
}
