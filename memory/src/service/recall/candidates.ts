import { Refusal } from '../../api/errors.ts';
import { analyse } from '../../search/analysis/analyse.ts';
import type { Candidate, SearchIndex, TermStatistics } from '../../stores/search-index.ts';
import type { Document, Kind, Tier } from '../../stores/store.ts';
import { StoreUnavailable } from '../../stores/store.ts';
import type { Dependencies, StoreTier } from '../dependencies.ts';
import { memoryDocument } from '../records/memory.ts';
import type { Consistency } from '../records/signed.ts';
import { type Tiers, tiersOf } from '../tiers/tiers.ts';
import { passes } from './boundary.ts';
import type { Asked } from './question.ts';

/** Candidates by words, and as many by vectors. */
const CANDIDATES = 200;
/** Documents not indexed yet that a search looks at itself, in each store. */
const TAIL = 500;
/** Candidates of each time that the question names, whose words may say nothing else. */
const IN_INTERVAL = 60;
/** As many where the caller must see a write of its own. */
const LONG_TAIL = 5000;

export type Degraded = Tier | 'index' | 'embedder';

export interface Candidates {
  readonly found: readonly {
    readonly kind: Kind;
    readonly id: string;
    readonly tier: Tier;
    readonly similarity?: number;
  }[];
  readonly statistics: TermStatistics;
  /** What was done: by words alone where no vector could be made. */
  readonly mode: Asked['mode'];
  readonly degraded: readonly Degraded[];
}

/** Names what may answer a question; nothing here is shown before it is read back. */
export class CandidateSearch {
  readonly #index: SearchIndex;
  readonly #embedder: Dependencies['embedder'];
  readonly #tiers: Tiers;

  constructor({ index, embedder }: Dependencies, tiers: Tiers) {
    this.#index = index;
    this.#embedder = embedder;
    this.#tiers = tiers;
  }

  async find(asked: Asked, consistency: Consistency | undefined): Promise<Candidates> {
    const degraded: Degraded[] = [];
    const { filter, question, now } = asked;
    // Before the index is asked: what is indexed between the two questions would else be in neither answer.
    const tail = await this.#tail(asked, consistency, degraded);
    const [byWords, byTime, byVector, statistics] = await Promise.all([
      asked.mode === 'vector'
        ? []
        : this.#tolerant(degraded, [], () => this.#index.lexical(filter, question.terms, CANDIDATES, now)),
      this.#byTime(asked, degraded),
      this.#byVector(asked, degraded),
      this.#tolerant(degraded, undefined, () => this.#index.statistics(filter, question.terms)),
    ]);
    const found = new Map<string, { kind: Kind; id: string; tier: Tier; similarity?: number }>();
    for (const { kind, id, tier, similarity } of [...byWords, ...byTime, ...(byVector ?? []), ...tail]) {
      const known = found.get(`${kind} ${id}`);
      found.set(`${kind} ${id}`, { ...known, kind, id, tier, ...(similarity !== undefined && { similarity }) });
    }
    return {
      found: [...found.values()],
      statistics: statistics ?? { documents: 0, averageLength: 0, frequency: new Map() },
      mode: byVector === undefined ? 'lexical' : asked.mode,
      degraded: [...new Set(degraded)],
    };
  }

  /** What happened when the question says. */
  async #byTime({ mode, filter, question, now }: Asked, degraded: Degraded[]): Promise<readonly Candidate[]> {
    if (mode === 'vector') return [];
    const found = await Promise.all(
      question.intervals.map(({ from, to }) => {
        const within = {
          ...filter,
          from: Math.max(from, filter.from ?? from),
          to: Math.min(to, filter.to ?? to),
        };
        if (within.to <= within.from) return [];
        return this.#tolerant(degraded, [], () => this.#index.lexical(within, question.terms, IN_INTERVAL, now));
      }),
    );
    return found.flat();
  }

  /** Undefined where vectors were not asked for, or could not be made. */
  async #byVector({ mode, text, filter, now }: Asked, degraded: Degraded[]): Promise<readonly Candidate[] | undefined> {
    if (mode === 'lexical') return undefined;
    if (this.#embedder === undefined) {
      if (mode === 'hybrid') return undefined;
      throw new Refusal('no-embedder', 'Ask in the mode lexical or hybrid, or set MEMORY_EMBEDDER.');
    }
    let vector: readonly number[] | undefined;
    try {
      [vector] = await this.#embedder.embed([text]);
    } catch {
      degraded.push('embedder');
    }
    if (vector === undefined) return undefined;
    const asked = vector;
    return this.#tolerant(degraded, [], () => this.#index.nearest(filter, asked, CANDIDATES, now));
  }

  /** What was written and is not indexed yet: a caller finds its own writes. */
  async #tail(asked: Asked, consistency: Consistency | undefined, degraded: Degraded[]): Promise<readonly Candidate[]> {
    if (this.#index.immediate) return [];
    const terms = new Set(asked.question.terms);
    const { value, down } = await this.#tiers.each(asked.stores, async (store) => {
      const limit = consistency?.tiers.includes(store) ? LONG_TAIL : TAIL;
      const documents = await this.#tiers.store(store).pending(limit, asked.scope.tenant);
      if (documents.length === limit) degraded.push('index');
      return documents.flatMap((document): Candidate[] => {
        const tier = tierOf(document, store);
        if ((document.kind !== 'memory' && document.kind !== 'message') || !passes(asked.filter, document, tier))
          return [];
        if (asked.mode === 'lexical' && !this.#speaksOf(document, terms)) return [];
        return [{ kind: document.kind, id: document.id, tier }];
      });
    });
    // It may hold what the index does not name.
    degraded.push(...down.flatMap(tiersOf));
    return value.flat();
  }

  #speaksOf({ body }: Document, terms: ReadonlySet<string>): boolean {
    return analyse(`${body.speaker ?? ''} ${body.text}`).some((stem) => terms.has(stem));
  }

  async #tolerant<T>(degraded: Degraded[], otherwise: T, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      degraded.push('index');
      return otherwise;
    }
  }
}

/** A message is in the tier of its store; a memory says where it is. */
export function tierOf(document: Document, store: StoreTier): Tier {
  return document.kind === 'memory' ? memoryDocument(document).body.tier : store;
}
