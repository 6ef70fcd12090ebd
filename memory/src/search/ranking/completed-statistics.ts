import type { TermStatistics } from '../passage.ts';
import type { AnalysedPassage } from './analysed.ts';

/**
 * Statistics that know at least what the pool shows. An index may be behind, so that a word of a passage that was just written is new to
 * it, or may not be able to tell anything: then the pool stands for the whole.
 */
export function completed(
  { documents, averageLength, frequency }: TermStatistics,
  terms: readonly string[],
  pool: readonly AnalysedPassage[],
): TermStatistics {
  const length = pool.reduce((sum, passage) => sum + passage.length, 0);
  const having = (term: string) => pool.filter(({ counts }) => counts.has(term)).length;
  return {
    documents: Math.max(documents, pool.length),
    averageLength: averageLength > 0 ? averageLength : length / Math.max(1, pool.length),
    frequency: new Map(terms.map((term) => [term, Math.max(frequency.get(term) ?? 0, having(term))])),
  };
}
