import type { Passage, TermStatistics } from '../passage.ts';
import type { Question } from '../question/question.ts';
import { type AnalysedPassage, analysePassage } from '../ranking/analysed.ts';
import { neighbourReach } from '../ranking/neighbours.ts';
import { type Hit, type RankOptions, rankAnalysed } from '../ranking/rank.ts';
import { inverseFrequency, saturation } from './bm25.ts';
import { Postings } from './postings.ts';
import { TimeLine } from './time-line.ts';

/** Passages that the words of a question find, before those beside them are added. */
export const candidateLimit = 100;
/** Passages of the time that the question names, whatever their words. */
const datedLimit = 60;
/** Entries of postings that a search reads at most: what keeps a search of many passages as fast as one of few. */
const postingsLimit = 10_000;

interface Entry {
  readonly analysed: AnalysedPassage;
  readonly stems: ReadonlyMap<string, number>;
}

export interface SearchOptions extends RankOptions {
  /** Cosine similarity by id, of the passages that dense retrieval found: they are candidates too. @default none */
  readonly similarities?: ReadonlyMap<string, number>;
}

/** The passages of one subject or tenant, in memory, found as soon as they are added and not any more once they are removed. */
export class LexicalIndex {
  readonly #entries = new Map<number, Entry>();
  readonly #numbers = new Map<string, number>();
  readonly #postings = new Map<string, Postings>();
  readonly #threads = new Map<string, Map<number, number>>();
  readonly #times = new TimeLine();
  #next = 0;
  #length = 0;

  get size(): number {
    return this.#entries.size;
  }

  /** Adds a passage, or replaces the one with its id. */
  add(passage: Passage) {
    this.remove(passage.id);
    const number = this.#next++;
    const analysed = analysePassage(passage);
    const stems = new Map(analysed.counts);
    for (const name of analysed.speaker) stems.set(name, (stems.get(name) ?? 0) + 1);
    this.#entries.set(number, { analysed, stems });
    this.#numbers.set(passage.id, number);
    this.#length += analysed.length;
    for (const [stem, count] of stems) {
      const postings = this.#postings.get(stem) ?? new Postings();
      if (postings.size === 0) this.#postings.set(stem, postings);
      postings.add(number, count, analysed.length);
    }
    this.#place(passage, number);
  }

  /** @returns whether it was there */
  remove(id: string): boolean {
    const number = this.#numbers.get(id);
    const entry = number === undefined ? undefined : this.#entries.get(number);
    if (number === undefined || entry === undefined) return false;
    const { thread, sequence, at } = entry.analysed.passage;
    for (const stem of entry.stems.keys()) {
      const postings = this.#postings.get(stem);
      postings?.remove(number);
      if (postings?.size === 0) this.#postings.delete(stem);
    }
    if (at !== undefined) this.#times.remove(at, number);
    const places = thread === undefined ? undefined : this.#threads.get(thread);
    if (thread !== undefined && sequence !== undefined && places?.get(sequence) === number) {
      places.delete(sequence);
      if (places.size === 0) this.#threads.delete(thread);
    }
    this.#length -= entry.analysed.length;
    this.#entries.delete(number);
    this.#numbers.delete(id);
    return true;
  }

  /** What `rank` needs to know about the words of a question. */
  statistics(terms: readonly string[]): TermStatistics {
    return {
      documents: this.size,
      averageLength: this.size === 0 ? 0 : this.#length / this.size,
      frequency: new Map(terms.map((term) => [term, this.#postings.get(term)?.size ?? 0])),
    };
  }

  /** Best first. */
  search(question: Question, options: SearchOptions): Hit[] {
    const statistics = this.statistics(question.terms);
    const found = new Set<number>();
    for (const number of this.#lexicalCandidates(question, statistics)) found.add(number);
    for (const number of this.#datedCandidates(question)) found.add(number);
    for (const id of options.similarities?.keys() ?? []) {
      const number = this.#numbers.get(id);
      if (number !== undefined) found.add(number);
    }
    return rankAnalysed(question, this.#withNeighbours(found, options.similarities), statistics, options);
  }

  #place({ thread, sequence, at }: Passage, number: number) {
    if (at !== undefined) this.#times.add(at, number);
    if (thread === undefined || sequence === undefined) return;
    const places = this.#threads.get(thread) ?? new Map<number, number>();
    if (places.size === 0) this.#threads.set(thread, places);
    places.set(sequence, number);
  }

  /** The rarest words first: when they have used up what may be read, the common ones have little to add. */
  #lexicalCandidates({ terms }: Question, statistics: TermStatistics): number[] {
    const scores = new Map<number, number>();
    let left = postingsLimit;
    const byRarity = terms
      .flatMap((term) => {
        const postings = this.#postings.get(term);
        return postings ? [{ postings, worth: inverseFrequency(term, statistics) }] : [];
      })
      .toSorted((one, other) => one.postings.size - other.postings.size);
    for (const { postings, worth } of byRarity) {
      postings.newest(left, (number, count, length) => {
        const gain = worth * saturation(count, length, statistics.averageLength);
        scores.set(number, (scores.get(number) ?? 0) + gain);
      });
      left -= postings.size;
      if (left <= 0) break;
    }
    return best(scores, candidateLimit);
  }

  #datedCandidates({ intervals }: Question): number[] {
    return intervals.flatMap((interval) => this.#times.within(interval, Math.ceil(datedLimit / intervals.length)));
  }

  #withNeighbours(
    found: ReadonlySet<number>,
    similarities: ReadonlyMap<string, number> | undefined,
  ): AnalysedPassage[] {
    const pool = new Set<number>();
    for (const number of found) {
      const { thread, sequence } = this.#entries.get(number)?.analysed.passage ?? {};
      const places = thread === undefined ? undefined : this.#threads.get(thread);
      pool.add(number);
      if (!places || sequence === undefined) continue;
      for (let offset = -neighbourReach; offset <= neighbourReach; offset++) {
        const neighbour = places.get(sequence + offset);
        if (neighbour !== undefined) pool.add(neighbour);
      }
    }
    return [...pool]
      .toSorted((one, other) => one - other)
      .flatMap((number) => {
        const analysed = this.#entries.get(number)?.analysed;
        if (!analysed) return [];
        const similarity = similarities?.get(analysed.passage.id);
        return [similarity === undefined ? analysed : { ...analysed, passage: { ...analysed.passage, similarity } }];
      });
  }
}

/** The numbers with the highest scores, highest first, without sorting the many that are not among them. */
function best(scores: ReadonlyMap<number, number>, limit: number): number[] {
  const sorted = Float64Array.from(scores.values()).sort();
  const least = sorted[Math.max(0, sorted.length - limit)] ?? 0;
  return [...scores]
    .filter(([, score]) => score >= least)
    .toSorted(([, one], [, other]) => other - one)
    .slice(0, limit)
    .map(([number]) => number);
}
