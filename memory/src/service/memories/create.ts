import type * as z from 'zod';
import { Refusal } from '../../api/errors.ts';
import type { created } from '../../api/memories.ts';
import type { Answer, Input, Scope } from '../../api/service.ts';
import { fingerprint } from '../../guard/fingerprint.ts';
import type { RecalledTexts } from '../../guard/recalled.ts';
import { StoreFull, StoreUnavailable, type Tier, type VersionConflict, type Write } from '../../stores/store.ts';
import { type StoreTier, storeTiers } from '../dependencies.ts';
import { defined, instant } from '../records/canonical.ts';
import { uuid5, uuid7 } from '../records/identifiers.ts';
import { type MemoryDocument, memoryDocument, type NewMemory } from '../records/memory.ts';
import type { Signer } from '../records/signed.ts';
import type { Audit } from '../tiers/audit.ts';
import { once, Receipt } from '../tiers/idempotency.ts';
import type { Policies, Policy } from '../tiers/policies.ts';
import { storeTierOf, type Tiers, unavailable } from '../tiers/tiers.ts';
import { sizeOf, type Usage } from '../tiers/usage.ts';
import { type GuardedText, guard } from './guarded-text.ts';

type Created = z.output<typeof created>['memories'][number];

export interface MemoryParts {
  readonly tiers: Tiers;
  readonly policies: Policies;
  readonly usage: Usage;
  readonly audit: Audit;
  readonly signer: Signer;
  readonly recalled: RecalledTexts;
}

/** An item of the request, with what it becomes. */
interface Planned {
  readonly position: number;
  readonly tier: Tier;
  readonly policy: Policy;
  readonly document: MemoryDocument;
}

export class Creation {
  readonly #parts: MemoryParts;

  constructor(parts: MemoryParts) {
    this.#parts = parts;
  }

  async create(scope: Scope, input: Input<'createMemories'>): Promise<Answer<{ memories: Created[] }>> {
    const { body, idempotencyKey: key } = input;
    const { tiers, signer, usage, policies } = this.#parts;
    const planned = await this.#plan(scope, body.memories, body.dedupe, key);
    const groups = new Map<StoreTier, Planned[]>();
    for (const one of planned) {
      const tier = storeTierOf(one.tier);
      groups.set(tier, [...(groups.get(tier) ?? []), one]);
    }
    await this.#checkQuota(scope, planned, usage, policies);
    const outcomes = await Promise.allSettled(
      [...groups].map(([tier, items]) => this.#write(scope, tier, items, body, key, body.dedupe)),
    );
    const written = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    const failed = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    const done = written.flatMap(({ answer }) => answer).sort(([one], [other]) => one - other);
    if (failed.length > 0) throw partly(failed[0], done, planned.length);
    const tiersWritten = [...groups.keys()];
    const documents = planned.map(({ document }) => document);
    const answer: Answer<{ memories: Created[] }> = {
      body: { memories: done.map(([, memory]) => memory) },
      replayed: written.length > 0 && written.every(({ replayed }) => replayed),
      consistencyToken: signer.consistencyToken(scope, { at: tiers.now(), tiers: tiersWritten }),
    };
    if (!input.waitIndexed) return answer;
    const made = new Set(done.filter(([, { created }]) => created).map(([, { id }]) => id));
    const waits = tiersWritten.map((tier) =>
      tiers.indexed(
        scope.tenant,
        tier,
        documents.filter(({ id, body: { tier: of } }) => made.has(id) && storeTierOf(of) === tier),
      ),
    );
    return { ...answer, indexed: (await Promise.all(waits)).every(Boolean) };
  }

  async #plan(scope: Scope, given: readonly NewMemory[], dedupe: boolean, key: string | undefined): Promise<Planned[]> {
    const { tiers, policies, recalled } = this.#parts;
    const now = tiers.now();
    const known = new Map<string, Policy>();
    for (const { namespace } of given) {
      if (!known.has(namespace)) known.set(namespace, await policies.of(scope, namespace));
    }
    const policyFor = (namespace: string) => known.get(namespace) as Policy;
    // Texts are guarded by namespace, as each has a policy; the refusal of one names all of its mistakes.
    const texts: GuardedText[] = [];
    for (const [namespace, policy] of known) {
      const places = given.flatMap((memory, place) => (memory.namespace === namespace ? [place] : []));
      const guarded = guard(
        places.map((place) => {
          const memory = given[place] as NewMemory;
          const { text, metadata } = memory;
          return {
            pointer: `/memories/${place}/text`,
            text,
            ...(Object.keys(metadata).length > 0 && { beside: metadata }),
          };
        }),
        { policy, mode: policies.quarantine(policy), recalled, tenant: scope.tenant, now },
      );
      for (const [index, place] of places.entries()) texts[place] = guarded[index] as GuardedText;
    }
    return given.map((memory, position) => {
      const policy = policyFor(memory.namespace);
      const tier = memory.tier ?? policy.defaultTier;
      const text = texts[position] as GuardedText;
      const print = fingerprint(text.text);
      const { namespace, subjectId = null } = memory;
      const id = dedupe
        ? uuid5(scope.tenant, 'same words', namespace, subjectId ?? '', subjectId === null ? 0 : 1, print)
        : key === undefined
          ? uuid7(now)
          : uuid5(scope.tenant, 'memory', key, position);
      const expiresAt = this.#expiry(memory, tier, policy, now, position);
      return {
        position,
        tier,
        policy,
        document: this.#document(scope, { memory, tier, text, print, id, expiresAt, now }),
      };
    });
  }

  #expiry(memory: NewMemory, tier: Tier, policy: Policy, now: number, position: number): number | null {
    if (memory.ttlSeconds === null && tier !== 'long' && tier !== 'semantic') {
      throw new Refusal('invalid-request', 'Only the tiers long and semantic keep for ever.', {
        mistakes: [
          {
            pointer: `/memories/${position}/ttlSeconds`,
            given: 'null',
            allowed: `a number of seconds, as the tier is ${tier}`,
            fix: 'Name the tier long or semantic, or pin the memory.',
          },
        ],
      });
    }
    if (memory.pinned || memory.ttlSeconds === null) return null;
    if (memory.ttlSeconds !== undefined) return now + memory.ttlSeconds * 1000;
    const lifetime = this.#parts.policies.lifetime(policy, tier);
    return lifetime === null ? null : now + lifetime;
  }

  #document(
    scope: Scope,
    {
      memory,
      tier,
      text,
      print,
      id,
      expiresAt,
      now,
    }: {
      readonly memory: NewMemory;
      readonly tier: Tier;
      readonly text: GuardedText;
      readonly print: string;
      readonly id: string;
      readonly expiresAt: number | null;
      readonly now: number;
    },
  ): MemoryDocument {
    const { namespace, subjectId, agentId, sessionId, type, speaker, tags, metadata, importance, pinned } = memory;
    const at = memory.at === undefined ? now : Date.parse(memory.at);
    return memoryDocument({
      kind: 'memory',
      id,
      version: 1,
      attributes: defined({ namespace, subjectId, agentId, sessionId, type, status: text.status }),
      order: now,
      expiresAt,
      pending: this.#parts.tiers.pending,
      body: defined({
        tier,
        text: text.text,
        fingerprint: print,
        speaker,
        tags,
        metadata,
        importance,
        pinned,
        findings: text.findings.length > 0 ? text.findings : undefined,
        provenance: { ...memory.provenance, writer: scope.principal },
        at,
        validFrom: memory.validFrom === undefined ? at : Date.parse(memory.validFrom),
        validTo: memory.validTo === undefined ? null : Date.parse(memory.validTo),
        createdAt: now,
        updatedAt: now,
        change: 'created',
        by: scope.principal,
      }),
    });
  }

  async #checkQuota(scope: Scope, planned: readonly Planned[], usage: Usage, policies: Policies): Promise<void> {
    const bytes = planned.reduce((sum, { document }) => sum + sizeOf(document), 0);
    const quotas = planned.map(({ policy }) => policies.quota(policy));
    await usage.check(
      scope.tenant,
      { records: planned.length, bytes },
      {
        records: Math.min(...quotas.map(({ records }) => records)),
        bytes: Math.min(...quotas.map((quota) => quota.bytes)),
      },
    );
  }

  #write(
    scope: Scope,
    tier: StoreTier,
    items: readonly Planned[],
    body: unknown,
    key: string | undefined,
    dedupe: boolean,
  ): Promise<{ readonly answer: readonly (readonly [number, Created])[]; readonly replayed: boolean }> {
    const { tiers, usage, audit } = this.#parts;
    type Answered = readonly (readonly [number, Created])[];
    const receipt = key === undefined ? undefined : new Receipt<Answered>(tiers, scope, 'createMemories', key, body);
    const subjects = new Set(items.map(({ document }) => document.attributes.subjectId));
    const [subjectId] = subjects.size === 1 ? subjects : [undefined];
    return tiers.retrying(
      () =>
        once(receipt, tier, async (also) => {
          const { writes, answer, made } = dedupe
            ? await this.#withoutDoubles(scope, items)
            : {
                writes: items.map(({ document }): Write => ({ put: document, expect: 'absent' })),
                answer: items.map(({ position, document }) => [position, createdOf(document, true)] as const),
                made: items.map(({ document }) => document),
              };
          await tiers.commit(scope.tenant, tier, [...also(answer, subjectId), ...writes]);
          for (const document of made) await usage.add(scope.tenant, document.body.tier, [document]);
          if (made.length > 0) {
            const ids = made.map(({ id }) => id);
            audit.record(scope, { action: 'write', operation: 'createMemories', ids, ...defined({ subjectId }) });
          }
          return answer;
        }),
      (conflict: VersionConflict) =>
        conflict.key.kind === 'memory' && !dedupe
          ? new Refusal('idempotency-conflict', 'Memories of this Idempotency-Key are there already. Use a new key.')
          : undefined,
    );
  }

  /** Memories of the same words have the same id, so that two writers at once cannot make two of them. */
  async #withoutDoubles(scope: Scope, items: readonly Planned[]) {
    const { tiers } = this.#parts;
    const ids = [...new Set(items.map(({ document }) => document.id))];
    const kinds = ['memory', 'tombstone'] as const;
    const keys = ids.flatMap((id) => kinds.map((kind) => ({ kind, id })));
    const { value, down } = await tiers.each(storeTiers, (tier) => tiers.getAll(scope.tenant, tier, keys));
    if (down.length > 0) throw unavailable(down);
    const found = value.flat().filter((document) => document !== undefined);
    const writes: Write[] = [];
    const made: MemoryDocument[] = [];
    const answer: (readonly [number, Created])[] = [];
    const now = tiers.now();
    for (const { position, document } of items) {
      const same = [...found, ...made].find(({ kind, id }) => kind === 'memory' && id === document.id);
      const living = same === undefined ? undefined : memoryDocument(same);
      if (living?.body.fingerprint === document.body.fingerprint && living.attributes.status !== 'superseded') {
        answer.push([position, createdOf(living, false)]);
        continue;
      }
      const removed = found.find(({ kind, id }) => kind === 'tombstone' && id === document.id);
      // One that was edited since has the id: this one gets another.
      const put: MemoryDocument = {
        ...document,
        ...(living === undefined ? {} : { id: uuid7(now) }),
        ...(removed === undefined ? {} : { version: removed.version + 1 }),
      };
      writes.push({ put, expect: 'absent' });
      made.push(put);
      answer.push([position, createdOf(put, true)]);
    }
    return { writes, answer, made };
  }
}

function createdOf({ id, version, expiresAt, attributes, body }: MemoryDocument, created: boolean): Created {
  return {
    id,
    tier: body.tier,
    status: (attributes.status ?? 'active') as Created['status'],
    version,
    expiresAt: expiresAt === null ? null : instant(expiresAt),
    created,
  };
}

/** Says what was written where one store failed: with the same Idempotency-Key a repetition writes the rest only. */
function partly(error: unknown, done: readonly (readonly [number, Created])[], all: number): unknown {
  if (done.length === 0) return error;
  const written = done.map(([position, { id }]) => ({ position, id }));
  const code =
    error instanceof StoreFull ? 'tier-full' : error instanceof StoreUnavailable ? 'tier-unavailable' : undefined;
  if (code === undefined) return error;
  const detail = `${done.length} of ${all} memories are written. Repeat the request with its Idempotency-Key: it writes the rest.`;
  return new Refusal(code, detail, { retryAfter: 5, extensions: { written }, cause: error });
}
