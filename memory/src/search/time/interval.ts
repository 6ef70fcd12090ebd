export const day = 86_400_000;

/** From is inclusive, to exclusive: milliseconds since 1970. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** Nothing is that far apart and still taken for the same event. */
const reach = 8 * day;

/** How much a date narrows the search down: a day does, a year hardly. */
const precision = ({ from, to }: Interval) => Math.min(1, (45 * day) / (to - from)) ** 0.5;

/** Distance of two intervals; 0 where they overlap or touch. */
const gap = (one: Interval, other: Interval) => Math.max(0, one.from - other.to, other.from - one.to);

const within = (inner: Interval, outer: Interval) => inner.from >= outer.from && inner.to <= outer.to;

/**
 * How well the time of something fits the time that is asked for, 0 to 1. People date what they tell of loosely, and tell of it some days
 * later: near is better than far, and later is better than earlier.
 */
export function fit(asked: Interval, told: Interval): number {
  const apart = gap(asked, told);
  if (apart >= reach) return 0;
  if (apart === 0) {
    if (within(told, asked)) return precision(asked);
    return (told.to - told.from <= 2 * (asked.to - asked.from) ? 1 : 0.5) * precision(asked);
  }
  const later = told.from >= asked.to;
  return (later ? 0.7 : 0.3) * (1 - apart / reach) * precision(asked);
}

/** The best that any of the one fits any of the other. */
export const bestFit = (asked: readonly Interval[], told: readonly Interval[]): number =>
  Math.max(0, ...asked.flatMap((one) => told.map((other) => fit(one, other))));
