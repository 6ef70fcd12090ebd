/** What cannot be indexed, one document at a time, so that none of them stands in the way of the others. */

import type { Kind, Tier } from '../stores/store.ts';

export interface DocumentName {
  readonly tenant: string;
  readonly kind: Kind;
  readonly id: string;
}

/** A document that failed again and again. It stays pending, and is tried once an hour. */
export interface Parked extends DocumentName {
  readonly tier: Tier;
  readonly version: number;
  readonly attempts: number;
  readonly error: string;
}

interface Failure extends Omit<Parked, 'tier'> {
  readonly notBefore: number;
}

const FIRST_PAUSE = 1000;
const PARKED_PAUSE = 3_600_000;
const NOT_ITS_FAULT_PAUSE = 15_000;

export const nameKey = ({ tenant, kind, id }: DocumentName): string => JSON.stringify([tenant, kind, id]);

export class Failures {
  private readonly attempts: number;
  private readonly failures = new Map<string, Failure>();

  /** @param attempts after how many a document is parked */
  constructor(attempts: number) {
    this.attempts = attempts;
  }

  /** Documents that a look at the outbox finds again and again. */
  get size(): number {
    return this.failures.size;
  }

  /** @param counts whether it brings the document nearer to being parked */
  record(
    { tenant, kind, id, version }: DocumentName & { readonly version: number },
    error: unknown,
    now: number,
    { counts }: { readonly counts: boolean },
  ): void {
    const key = nameKey({ tenant, kind, id });
    const before = this.failures.get(key);
    const attempts = (before?.version === version ? before.attempts : 0) + (counts ? 1 : 0);
    const growing = attempts < this.attempts ? FIRST_PAUSE * 2 ** attempts : PARKED_PAUSE;
    const pause = counts ? growing : NOT_ITS_FAULT_PAUSE;
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    this.failures.set(key, { tenant, kind, id, version, attempts, error: reason, notBefore: now + pause });
  }

  /** Forgets those that are no longer pending. */
  keep(pending: readonly DocumentName[]): void {
    const keys = new Set(pending.map(nameKey));
    for (const key of this.failures.keys()) if (!keys.has(key)) this.failures.delete(key);
  }

  forget(name: DocumentName): void {
    this.failures.delete(nameKey(name));
  }

  /** Whether it is to be tried now: a newer version always is. */
  isDue(name: DocumentName & { readonly version: number }, now: number): boolean {
    const failure = this.failures.get(nameKey(name));
    return failure === undefined || failure.version < name.version || failure.notBefore <= now;
  }

  /** At most `limit`. */
  parked(tier: Tier, limit: number): readonly Parked[] {
    return [...this.failures.values()]
      .filter(({ attempts }) => attempts >= this.attempts)
      .slice(0, limit)
      .map(({ notBefore: _, ...failure }) => ({ tier, ...failure }));
  }

  get parkedCount(): number {
    return [...this.failures.values()].filter(({ attempts }) => attempts >= this.attempts).length;
  }
}
