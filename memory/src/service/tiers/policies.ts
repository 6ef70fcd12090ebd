import type * as z from 'zod';
import { type policy, putPolicy } from '../../api/policies.ts';
import type { Answer, Input, Scope } from '../../api/service.ts';
import { type Document, StoreUnavailable, type Tier, type VersionConflict } from '../../stores/store.ts';
import type { Defaults } from '../dependencies.ts';
import { instant } from '../records/canonical.ts';
import { mismatch, type Tiers } from './tiers.ts';

export type Policy = z.output<typeof policy>;

/** How long a policy is believed before it is read again. */
const FRESH = 5000;
const MOST_KNOWN = 10_000;

/** Policies of namespaces. Every write needs one, so they are kept in memory for seconds. */
export class Policies {
  readonly #tiers: Tiers;
  readonly #defaults: Defaults;
  readonly #known = new Map<string, { readonly policy: Policy; readonly until: number }>();

  constructor(tiers: Tiers, defaults: Defaults) {
    this.#tiers = tiers;
    this.#defaults = defaults;
  }

  /** The last one known where the long tier does not answer: a write to another tier must not wait for it. */
  async of(scope: Scope, namespace: string): Promise<Policy> {
    const key = JSON.stringify([scope.tenant, namespace]);
    const known = this.#known.get(key);
    const now = this.#tiers.now();
    if (known !== undefined && known.until > now) return known.policy;
    try {
      const policy = await this.#read(scope, namespace);
      if (this.#known.size >= MOST_KNOWN) this.#known.clear();
      this.#known.set(key, { policy, until: now + FRESH });
      return policy;
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      return known?.policy ?? policyOf(namespace, undefined);
    }
  }

  async get(scope: Scope, { params }: Input<'getPolicy'>): Promise<Answer<Policy>> {
    const body = await this.#read(scope, params.namespace);
    return { body, version: body.version };
  }

  async put(scope: Scope, { params, body, ifMatch }: Input<'putPolicy'>): Promise<Answer<Policy>> {
    const { namespace } = params;
    const written = await this.#tiers.retrying(
      async () => {
        const old = await this.#tiers.get(scope.tenant, 'long', { kind: 'policy', id: namespace });
        if (ifMatch === '*' ? old === undefined : ifMatch !== undefined && ifMatch !== (old?.version ?? 0)) {
          throw mismatch(old?.version);
        }
        const now = this.#tiers.now();
        const put: Document = {
          kind: 'policy',
          id: namespace,
          version: (old?.version ?? 0) + 1,
          attributes: { namespace },
          order: old?.order ?? now,
          expiresAt: null,
          pending: false,
          body: { ...body, updatedAt: now },
        };
        await this.#tiers.commit(scope.tenant, 'long', [{ put, expect: old?.version ?? 'absent' }]);
        return put;
      },
      (conflict: VersionConflict) => (ifMatch === undefined ? undefined : mismatch(conflict.found)),
    );
    this.#known.delete(JSON.stringify([scope.tenant, namespace]));
    return { body: policyOf(namespace, written), version: written.version };
  }

  /** Namespaces that nothing may be erased from. */
  async held(scope: Scope): Promise<ReadonlySet<string>> {
    const held = new Set<string>();
    for await (const page of this.#tiers.walk(scope.tenant, 'long', 'policy', {})) {
      for (const { id, body } of page) if (body.legalHold === true) held.add(id);
    }
    return held;
  }

  /** Milliseconds that a record of a tier lives; null: for ever. */
  lifetime(policy: Policy, tier: Tier): number | null {
    if (tier === 'semantic') return null;
    const seconds = policy.ttlSeconds[tier];
    if (seconds === 'permanent') return null;
    return seconds === null ? this.#defaults.ttlMilliseconds[tier] : seconds * 1000;
  }

  quarantine(policy: Policy): Defaults['quarantine'] {
    return policy.quarantine ?? this.#defaults.quarantine;
  }

  /** What a tenant may hold; a namespace's policy can only lower it. */
  quota({ quota }: Policy): Defaults['quota'] {
    const { records, bytes } = this.#defaults.quota;
    return { records: Math.min(quota.records ?? records, records), bytes: Math.min(quota.bytes ?? bytes, bytes) };
  }

  async #read(scope: Scope, namespace: string): Promise<Policy> {
    return policyOf(namespace, await this.#tiers.get(scope.tenant, 'long', { kind: 'policy', id: namespace }));
  }
}

function policyOf(namespace: string, document: Document | undefined): Policy {
  if (document === undefined) return { ...putPolicy.parse({}), namespace, version: 0, updatedAt: null };
  const { updatedAt, ...body } = document.body;
  return { ...putPolicy.parse(body), namespace, version: document.version, updatedAt: instant(Number(updatedAt)) };
}
