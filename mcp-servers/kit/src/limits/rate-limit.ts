interface Bucket {
  tokens: number;
  /** Milliseconds since 1970. */
  filledAt: number;
}

/** Beyond so many callers, those that have not asked for a while are forgotten. */
const CALLERS = 10_000;

/** A token bucket for each caller: `perSecond` on average, twice as many at once. */
export class RateLimit {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(perSecond: number, now: () => number) {
    this.#perSecond = perSecond;
    this.#burst = 2 * perSecond;
    this.#now = now;
  }

  /**
   * Takes so many calls from the caller's bucket, or none.
   * @returns seconds to wait; 0: taken
   */
  take(caller: string, calls = 1): number {
    const now = this.#now();
    let bucket = this.#buckets.get(caller);
    if (bucket === undefined) {
      if (this.#buckets.size >= CALLERS) this.#forgetIdle(now);
      bucket = { tokens: this.#burst, filledAt: now };
      this.#buckets.set(caller, bucket);
    }
    const passed = Math.max(0, now - bucket.filledAt);
    bucket.tokens = Math.min(this.#burst, bucket.tokens + (passed / 1000) * this.#perSecond);
    bucket.filledAt = now;
    if (bucket.tokens < calls) return (calls - bucket.tokens) / this.#perSecond;
    bucket.tokens -= calls;
    return 0;
  }

  #forgetIdle(now: number): void {
    // A bucket that is full again is as one that was never used.
    for (const [caller, { filledAt }] of this.#buckets) if (now - filledAt > 2000) this.#buckets.delete(caller);
  }
}
