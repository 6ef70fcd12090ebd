import { inverseFrequency } from '../lexical/bm25.ts';
import type { TermStatistics } from '../passage.ts';
import type { Question } from '../question/question.ts';
import type { AnalysedPassage } from './analysed.ts';

/** A stem of the question, and its share of all that the question's stems tell. */
export interface WeighedTerm {
  readonly term: string;
  readonly share: number;
}

export interface WeighedQuestion {
  /** What is looked for in texts; the shares sum to 1. */
  readonly terms: readonly WeighedTerm[];
  /** Stems of the names of speakers, looked for in who said it. */
  readonly speakers: ReadonlySet<string>;
}

/**
 * Names of speakers are taken out, since nearly every passage of a conversation has one of them, and words that no passage has, since
 * nothing can match them. A question of names alone keeps its names.
 */
export function weigh(
  { terms }: Question,
  pool: readonly AnalysedPassage[],
  statistics: TermStatistics,
): WeighedQuestion {
  const speaking = new Set(pool.flatMap(({ speaker }) => speaker));
  const speakers = new Set(terms.filter((term) => speaking.has(term)));
  const others = terms.filter((term) => !speakers.has(term));
  const known = (others.length > 0 ? others : terms).filter((term) => (statistics.frequency.get(term) ?? 0) > 0);
  const worth = known.map((term) => ({ term, value: inverseFrequency(term, statistics) }));
  const total = worth.reduce((sum, { value }) => sum + value, 0);
  return { terms: worth.map(({ term, value }) => ({ term, share: value / total })), speakers };
}
