/** Newer is better: relevance that fades with age. */

const DAY = 86_400_000;

export interface TimeDecay {
  /** Days after which the faded part is half of what it was. */
  readonly halfLifeDays: number;
  /** 0 to 1: how much of a score fades; the rest stays however old it is. */
  readonly weight: number;
  /** Milliseconds since 1970, from which age is counted. */
  readonly now: number;
}

/**
 * What a score is multiplied by: `1 - weight + weight / 2^(age / half-life)`. What is of the future is as new as can be; what has no
 * date is as old as can be, as nothing says that it is new.
 * @param at milliseconds since 1970
 */
export function decayFactor(at: number | undefined, { halfLifeDays, weight, now }: TimeDecay): number {
  if (at === undefined) return 1 - weight;
  const age = Math.max(0, now - at) / DAY;
  return 1 - weight + weight * 2 ** (-age / halfLifeDays);
}
