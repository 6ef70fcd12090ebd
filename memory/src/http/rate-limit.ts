import { Refusal } from '../api/errors.ts';

interface Bucket {
  tokens: number;
  /** Milliseconds since 1970. */
  filledAt: number;
}

/** Beyond so many tenants, those that have not asked for a while are forgotten. */
const TENANTS = 10_000;

/** A token bucket for each tenant: `perSecond` on average, twice as many at once. */
export class RateLimit {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();
  /** Value of RateLimit-Policy. */
  readonly policy: string;

  constructor(perSecond: number, now: () => number) {
    this.#perSecond = perSecond;
    this.#burst = 2 * perSecond;
    this.#now = now;
    this.policy = `"tenant";q=${this.#burst};w=2`;
  }

  /**
   * Takes one request from the tenant's bucket.
   * @returns value of the header RateLimit
   * @throws Refusal rate-limited
   */
  take(tenant: string): string {
    const now = this.#now();
    let bucket = this.#buckets.get(tenant);
    if (bucket === undefined) {
      if (this.#buckets.size >= TENANTS) this.#forgetIdle(now);
      bucket = { tokens: this.#burst, filledAt: now };
      this.#buckets.set(tenant, bucket);
    }
    const passed = Math.max(0, now - bucket.filledAt);
    bucket.tokens = Math.min(this.#burst, bucket.tokens + (passed / 1000) * this.#perSecond);
    bucket.filledAt = now;
    if (bucket.tokens < 1) {
      const seconds = (1 - bucket.tokens) / this.#perSecond;
      throw new Refusal('rate-limited', `The tenant may make ${this.#perSecond} requests a second. Wait and repeat.`, {
        retryAfter: seconds,
      });
    }
    bucket.tokens -= 1;
    return `"tenant";r=${Math.floor(bucket.tokens)};t=${Math.ceil((this.#burst - bucket.tokens) / this.#perSecond)}`;
  }

  #forgetIdle(now: number): void {
    // A bucket that is full again is as one that was never used.
    for (const [tenant, { filledAt }] of this.#buckets) if (now - filledAt > 2000) this.#buckets.delete(tenant);
  }
}
