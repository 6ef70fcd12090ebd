import { Refusal } from '../../api/errors.ts';
import { tiers as allTiers, type Document, StoreUnavailable, type Tier, VersionConflict } from '../../stores/store.ts';
import type { Tiers } from './tiers.ts';

const HOUR = 3_600_000;
const KEY = { kind: 'usage', id: 'tenant' } as const;
/** How long what was counted waits to be written. */
const FLUSH_AFTER = 5000;

interface Count {
  readonly records: number;
  readonly bytes: number;
  readonly memories: number;
}

/** Counts by tier, and by the hour in which what was counted expires: what has expired falls out by itself. */
type Counts = Map<string, Count>;

interface Tenant {
  readonly stored: Counts;
  /** Counted here and not written yet. */
  added: Counts;
}

/**
 * How much each tenant holds. Counted in memory with each write, and written together some seconds later: a crash loses the count
 * of those seconds, never a record. Replicas add to the same record.
 */
export class Usage {
  readonly #tiers: Tiers;
  readonly #onProblem: (error: unknown) => void;
  readonly #tenants = new Map<string, Promise<Tenant>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(tiers: Tiers, onProblem: (error: unknown) => void) {
    this.#tiers = tiers;
    this.#onProblem = onProblem;
  }

  /** @throws Refusal `quota-exceeded` where the tenant would hold more than it may */
  async check(
    tenant: string,
    more: { readonly records: number; readonly bytes: number },
    quota: Omit<Count, 'memories'>,
  ) {
    const held = await this.total(tenant);
    const over = (['records', 'bytes'] as const).filter((name) => held[name] + more[name] > quota[name]);
    const [first] = over;
    if (first === undefined) return;
    const detail = `It holds ${held[first]} of ${quota[first]} ${first}, and this would add ${more[first]}. Delete some, or ask for more.`;
    throw new Refusal('quota-exceeded', detail, {
      extensions: { quota, usage: { records: held.records, bytes: held.bytes } },
    });
  }

  /** After a write: these documents are there now, or with `-1` not any more. */
  async add(tenant: string, tier: Tier, documents: readonly Document[], sign: 1 | -1 = 1): Promise<void> {
    const { added } = await this.#tenant(tenant);
    for (const document of documents) {
      const bytes = sizeOf(document);
      addTo(added, bucketOf(tier, document.expiresAt), {
        records: sign,
        bytes: sign * bytes,
        memories: document.kind === 'memory' ? sign : 0,
      });
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.flush().catch(this.#onProblem);
    }, FLUSH_AFTER).unref();
  }

  async total(tenant: string): Promise<Count> {
    return this.#sum(await this.#tenant(tenant), () => true);
  }

  async memories(tenant: string, tier: Tier): Promise<number> {
    const { memories } = this.#sum(await this.#tenant(tenant), (bucket) => bucket.startsWith(`${tier} `));
    return memories;
  }

  /** Writes what was counted since the last time. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const [name, loading] of this.#tenants) {
      const tenant = await loading;
      if (tenant.added.size === 0) continue;
      const added = tenant.added;
      tenant.added = new Map();
      try {
        const stored = await this.#tiers.retrying(() => this.#write(name, added));
        tenant.stored.clear();
        for (const [bucket, count] of stored) tenant.stored.set(bucket, count);
      } catch (error) {
        for (const [bucket, count] of added) addTo(tenant.added, bucket, count);
        throw error;
      }
    }
  }

  async #write(tenant: string, added: Counts): Promise<Counts> {
    const now = this.#tiers.now();
    const old = await this.#tiers.get(tenant, 'long', KEY);
    const counts = new Map([...countsOf(old)].filter(([bucket]) => lives(bucket, now)));
    for (const [bucket, count] of added) addTo(counts, bucket, count);
    const put: Document = {
      ...KEY,
      version: (old?.version ?? 0) + 1,
      attributes: {},
      order: old?.order ?? now,
      expiresAt: null,
      pending: false,
      body: {
        counts: [...counts].map(([bucket, { records, bytes, memories }]) => ({ bucket, records, bytes, memories })),
      },
    };
    await this.#tiers.commit(tenant, 'long', [{ put, expect: old?.version ?? 'absent' }]);
    return counts;
  }

  #tenant(name: string): Promise<Tenant> {
    const known = this.#tenants.get(name);
    if (known !== undefined) return known;
    const loading = this.#load(name);
    this.#tenants.set(name, loading);
    return loading;
  }

  /** Without the long tier counting begins at nothing: a quota is no reason to refuse what another tier can keep. */
  async #load(name: string): Promise<Tenant> {
    try {
      return { stored: countsOf(await this.#tiers.get(name, 'long', KEY)), added: new Map() };
    } catch (error) {
      if (!(error instanceof StoreUnavailable) && !(error instanceof VersionConflict)) {
        this.#tenants.delete(name);
        throw error;
      }
      return { stored: new Map(), added: new Map() };
    }
  }

  #sum({ stored, added }: Tenant, take: (bucket: string) => boolean): Count {
    const now = this.#tiers.now();
    let [records, bytes, memories] = [0, 0, 0];
    for (const counts of [stored, added]) {
      for (const [bucket, count] of counts) {
        if (!take(bucket) || !lives(bucket, now)) continue;
        records += count.records;
        bytes += count.bytes;
        memories += count.memories;
      }
    }
    return { records: Math.max(0, records), bytes: Math.max(0, bytes), memories: Math.max(0, memories) };
  }
}

/** A quota is checked before a write, and what was written counted after it: the same bodies. */
const sizes = new WeakMap<Document['body'], number>();

/** UTF-8 bytes of what a document says. */
export function sizeOf({ body }: Pick<Document, 'body'>): number {
  const known = sizes.get(body);
  if (known !== undefined) return known;
  const size = Buffer.byteLength(JSON.stringify(body));
  sizes.set(body, size);
  return size;
}

function bucketOf(tier: Tier, expiresAt: number | null): string {
  return `${tier} ${expiresAt === null ? 'never' : Math.ceil(expiresAt / HOUR)}`;
}

function lives(bucket: string, now: number): boolean {
  const hour = bucket.slice(bucket.indexOf(' ') + 1);
  return hour === 'never' || Number(hour) * HOUR > now;
}

function addTo(counts: Counts, bucket: string, more: Count): void {
  const { records, bytes, memories } = counts.get(bucket) ?? { records: 0, bytes: 0, memories: 0 };
  counts.set(bucket, {
    records: records + more.records,
    bytes: bytes + more.bytes,
    memories: memories + more.memories,
  });
}

function countsOf(document: Document | undefined): Counts {
  const counts: Counts = new Map();
  const stored = document?.body.counts;
  if (!Array.isArray(stored)) return counts;
  for (const { bucket, ...count } of stored as readonly (Count & { bucket: string })[]) {
    if (allTiers.some((tier) => bucket.startsWith(`${tier} `))) counts.set(bucket, count);
  }
  return counts;
}
