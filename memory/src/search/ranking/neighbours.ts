import type { AnalysedPassage } from './analysed.ts';

/** How far in its thread a passage still says something about another. */
export const neighbourReach = 2;

/** A passage beside another one in the thread; `offset` is below 0 for those before it. */
export interface Neighbour {
  readonly index: number;
  readonly offset: number;
}

/** For each passage of a pool, those of the pool that are beside it in its thread, first things first. */
export function neighboursIn(pool: readonly AnalysedPassage[]): Neighbour[][] {
  const places = new Map<string, Map<number, number>>();
  pool.forEach(({ passage: { thread, sequence } }, index) => {
    if (thread === undefined || sequence === undefined) return;
    const own = places.get(thread);
    if (own) own.set(sequence, index);
    else places.set(thread, new Map([[sequence, index]]));
  });
  return pool.map(({ passage: { thread, sequence } }) => {
    if (thread === undefined || sequence === undefined) return [];
    const own = places.get(thread);
    const found: Neighbour[] = [];
    for (let offset = -neighbourReach; offset <= neighbourReach; offset++) {
      const index = offset === 0 ? undefined : own?.get(sequence + offset);
      if (index !== undefined) found.push({ index, offset });
    }
    return found;
  });
}
