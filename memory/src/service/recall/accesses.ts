import type { Document } from '../../stores/store.ts';
import type { StoreTier } from '../dependencies.ts';
import type { Tiers } from '../tiers/tiers.ts';

/** How long recalls of a memory are counted before the count is written. */
const FLUSH_AFTER = 60_000;
const MOST_KEPT = 100_000;

interface Access {
  readonly tenant: string;
  readonly tier: StoreTier;
  readonly id: string;
  readonly subjectId: string | undefined;
  readonly expiresAt: number | null;
  count: number;
}

const keyOf = (id: string) => ({ kind: 'usage', id: `recalls ${id}` }) as const;

/** How often each memory is recalled. Counted in memory and written together: a search costs no write of what it found. */
export class Accesses {
  readonly #tiers: Tiers;
  readonly #onProblem: (error: unknown) => void;
  #counts = new Map<string, Access>();
  #timer: NodeJS.Timeout | undefined;

  constructor(tiers: Tiers, onProblem: (error: unknown) => void) {
    this.#tiers = tiers;
    this.#onProblem = onProblem;
  }

  count(tenant: string, tier: StoreTier, { id, attributes, expiresAt }: Document): void {
    const key = JSON.stringify([tenant, tier, id]);
    const known = this.#counts.get(key);
    if (known !== undefined) known.count += 1;
    else if (this.#counts.size < MOST_KEPT) {
      this.#counts.set(key, { tenant, tier, id, subjectId: attributes.subjectId, expiresAt, count: 1 });
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.flush().catch(this.#onProblem);
    }, FLUSH_AFTER).unref();
  }

  /** Of memories in one store, in their order. */
  async of(tenant: string, tier: StoreTier, ids: readonly string[]): Promise<readonly number[]> {
    const stored = await this.#tiers.getAll(tenant, tier, ids.map(keyOf));
    return ids.map((id, index) => {
      const waiting = this.#counts.get(JSON.stringify([tenant, tier, id]))?.count ?? 0;
      return Number(stored[index]?.body.count ?? 0) + waiting;
    });
  }

  /** Drops what was counted of a tenant and is not written: somebody of it is forgotten. */
  forget(tenant: string): void {
    for (const [key, access] of this.#counts) if (access.tenant === tenant) this.#counts.delete(key);
  }

  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const counts = this.#counts;
    this.#counts = new Map();
    const groups = Map.groupBy(counts.values(), ({ tenant, tier }) => JSON.stringify([tenant, tier]));
    for (const [group, accesses] of groups) {
      const [tenant, tier] = JSON.parse(group) as [string, StoreTier];
      for (let from = 0; from < accesses.length; from += 200) {
        const some = accesses.slice(from, from + 200);
        const keys = some.map(({ id }) => keyOf(id));
        const stored = await this.#tiers.getAll(tenant, tier, keys);
        const now = this.#tiers.now();
        await this.#tiers.commit(
          tenant,
          tier,
          some.map(({ id, subjectId, expiresAt, count }, index) => ({
            put: {
              ...keyOf(id),
              version: (stored[index]?.version ?? 0) + 1,
              attributes: subjectId === undefined ? {} : { subjectId },
              order: now,
              expiresAt,
              pending: false,
              body: { count: Number(stored[index]?.body.count ?? 0) + count },
            },
            expect: 'any',
          })),
        );
      }
    }
  }
}
