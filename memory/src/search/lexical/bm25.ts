import type { TermStatistics } from '../passage.ts';

/**
 * BM25's parameters. Passages are messages and facts of one or a few sentences, whose length says little: b is lower than the 0.75 that
 * is usual for documents.
 */
const k1 = 1.2;
const b = 0.3;

/** How much a stem tells, above 0: the rarer, the more. */
export function inverseFrequency(term: string, { documents, frequency }: TermStatistics): number {
  const having = Math.min(frequency.get(term) ?? 0, documents);
  return Math.log(1 + (documents - having + 0.5) / (having + 0.5));
}

/** How much of a stem's worth a passage gets for having it `count` times, 0 to 1. */
export const saturation = (count: number, length: number, averageLength: number): number =>
  count === 0 ? 0 : count / (count + k1 * (1 - b + (b * length) / Math.max(1, averageLength)));
