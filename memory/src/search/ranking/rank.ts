import type { Passage, TermStatistics } from '../passage.ts';
import type { Question } from '../question/question.ts';
import { type AnalysedPassage, analysePassage } from './analysed.ts';
import { type Signals, signalsOf } from './signals.ts';
import { type Parts, parts, weights } from './weights.ts';

export interface Hit {
  readonly passage: Passage;
  /** The sum of the parts, to the last bit; from 0 to 1. */
  readonly score: number;
  readonly parts: Parts;
}

export interface RankOptions {
  /** Milliseconds since 1970, for recency. */
  readonly now: number;
  /** At most so many hits. */
  readonly limit: number;
}

/**
 * Orders a pool of passages by how well they answer the question, best first; ties in the order of the pool. The pool is what a store
 * found (by words, by vectors, by time) with what stands beside it in its thread. What has nothing to do with the question is no hit.
 */
export const rank = (
  question: Question,
  pool: readonly Passage[],
  statistics: TermStatistics,
  options: RankOptions,
): Hit[] => rankAnalysed(question, pool.map(analysePassage), statistics, options);

/** As `rank`, for passages that were read before. */
export function rankAnalysed(
  question: Question,
  pool: readonly AnalysedPassage[],
  statistics: TermStatistics,
  { now, limit }: RankOptions,
): Hit[] {
  const scored = signalsOf(question, pool, statistics, now).flatMap((signals, index) =>
    isRelevant(signals) ? [{ index, signals, score: sum(weighed(signals)) }] : [],
  );
  return scored
    .toSorted((one, other) => other.score - one.score)
    .slice(0, limit)
    .flatMap(({ index, signals, score }) => {
      const passage = pool[index]?.passage;
      return passage ? [{ passage, score, parts: weighed(signals) }] : [];
    });
}

/** Words, vectors, a time or a name connect it with the question; that it is new, or tells a lot, does not. */
const isRelevant = ({ lexical, vector, context, time, speaker }: Signals) =>
  lexical > 0 || vector > 0 || context > 0 || time > 0 || speaker > 0;

function weighed(signals: Signals): Parts {
  const result = { ...signals };
  for (const part of parts) result[part] *= weights[part];
  return result;
}

/** In the order of `parts`, so that whoever adds them up gets the very same number. */
export const sum = (given: Parts): number => parts.reduce((total, part) => total + given[part], 0);
