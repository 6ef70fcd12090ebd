import { Refusal } from '../../api/errors.ts';
import type { Scope } from '../../api/service.ts';
import { type Document, VersionConflict, type Write } from '../../stores/store.ts';
import type { StoreTier } from '../dependencies.ts';
import { canonical } from '../records/canonical.ts';
import { hashed } from '../records/identifiers.ts';
import type { Tiers } from './tiers.ts';

/** How long a repetition of a request is known as one. */
const KEPT = 24 * 3_600_000;

/** The Idempotency-Key of a request. Its record is written with what the request writes, or not at all. */
export class Receipt<T> {
  readonly #tiers: Tiers;
  readonly #scope: Scope;
  readonly #id: string;
  readonly #request: string;

  constructor(tiers: Tiers, scope: Scope, operation: string, key: string, request: unknown) {
    this.#tiers = tiers;
    this.#scope = scope;
    this.#id = hashed('idempotency', operation, key);
    this.#request = hashed(canonical(request));
  }

  /** What the same request was answered. @throws Refusal where another request had the key */
  async answered(tier: StoreTier): Promise<T | undefined> {
    const record = await this.#tiers.get(this.#scope.tenant, tier, { kind: 'idempotency', id: this.#id });
    if (record === undefined) return undefined;
    if (record.body.request === this.#request) return record.body.answer as T;
    throw new Refusal(
      'idempotency-conflict',
      'Use a new Idempotency-Key for each request, and the old for a repetition.',
    );
  }

  /** Belongs into the commit that does what is answered. */
  write(answer: T, subjectId?: string): Write {
    const now = this.#tiers.now();
    const put: Document = {
      kind: 'idempotency',
      id: this.#id,
      version: 1,
      attributes: subjectId === undefined ? {} : { subjectId },
      order: now,
      expiresAt: now + KEPT,
      pending: false,
      body: { request: this.#request, answer },
    };
    return { put, expect: 'absent' };
  }
}

/** Does a write once for each key, whoever repeats it and however often at the same time. */
export async function once<T>(
  receipt: Receipt<T> | undefined,
  tier: StoreTier,
  write: (also: (answer: T, subjectId?: string) => readonly Write[]) => Promise<T>,
): Promise<{ readonly answer: T; readonly replayed: boolean }> {
  if (receipt === undefined) return { answer: await write(() => []), replayed: false };
  const before = await receipt.answered(tier);
  if (before !== undefined) return { answer: before, replayed: true };
  try {
    return { answer: await write((answer, subjectId) => [receipt.write(answer, subjectId)]), replayed: false };
  } catch (error) {
    // The same key was faster, and its record, or a document that both make, is there now.
    const meanwhile = error instanceof VersionConflict ? await receipt.answered(tier) : undefined;
    if (meanwhile === undefined) throw error;
    return { answer: meanwhile, replayed: true };
  }
}
