/** Maximal marginal relevance (Carbonell and Goldstein, 1998): the best that is not like what was chosen already. */

export interface Rankable {
  /** 0 or more. */
  readonly score: number;
  readonly vector?: readonly number[];
}

export interface Chosen<One> {
  readonly item: One;
  /** Its likeness to the most similar of those before it: cosine, -1 to 1; 0 for the first. */
  readonly redundancy: number;
}

/**
 * The items in the order of `balance * relevance - (1 - balance) * redundancy`, where relevance is the score over the best score.
 * @param balance 0 to 1: 1 is relevance alone, 0 is variety alone
 * @param most how many to choose
 */
export function maximalMarginalRelevance<One extends Rankable>(
  items: readonly One[],
  balance: number,
  most: number,
): readonly Chosen<One>[] {
  const best = Math.max(...items.map(({ score }) => score), Number.MIN_VALUE);
  const left = items.map((item) => ({ item, unit: unitOf(item.vector), redundancy: Number.NEGATIVE_INFINITY }));
  const chosen: Chosen<One>[] = [];
  while (left.length > 0 && chosen.length < most) {
    let [pick, value] = [0, Number.NEGATIVE_INFINITY];
    for (const [index, { item, redundancy }] of left.entries()) {
      const own = balance * (item.score / best) - (1 - balance) * (chosen.length === 0 ? 0 : redundancy);
      // Only more: of equals the first, which Weaviate ranked higher.
      if (own > value) [pick, value] = [index, own];
    }
    const [taken] = left.splice(pick, 1);
    if (taken === undefined) break;
    chosen.push({ item: taken.item, redundancy: chosen.length === 0 ? 0 : taken.redundancy });
    for (const one of left) one.redundancy = Math.max(one.redundancy, cosine(taken.unit, one.unit));
  }
  return chosen;
}

function unitOf(vector: readonly number[] | undefined): readonly number[] | undefined {
  const length = Math.hypot(...(vector ?? []));
  return length === 0 ? undefined : vector?.map((number) => number / length);
}

/** What has no vector is like nothing. */
function cosine(one: readonly number[] | undefined, other: readonly number[] | undefined): number {
  if (one === undefined || other === undefined || one.length !== other.length) return 0;
  let sum = 0;
  for (const [index, number] of one.entries()) sum += number * (other[index] ?? 0);
  return sum;
}
