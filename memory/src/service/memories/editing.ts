import { Refusal } from '../../api/errors.ts';
import type { Answer, Input, Scope } from '../../api/service.ts';
import { fingerprint } from '../../guard/fingerprint.ts';
import type { Document, Write } from '../../stores/store.ts';
import type { StoreTier } from '../dependencies.ts';
import { defined } from '../records/canonical.ts';
import { uuid7 } from '../records/identifiers.ts';
import {
  type Change,
  type Memory,
  type MemoryBody,
  type MemoryDocument,
  memoryDocument,
  memoryOf,
  revisionDocument,
  revisionKeys,
} from '../records/memory.ts';
import { erasure, onHold } from '../sessions/sessions.ts';
import { mismatch, unavailable } from '../tiers/tiers.ts';
import type { MemoryParts } from './create.ts';
import { guard } from './guarded-text.ts';
import { notInState } from './reading.ts';

/** What a change makes of a memory. */
interface Edit {
  readonly body?: Partial<MemoryBody>;
  readonly type?: string;
  readonly status?: Memory['status'];
  /** Absent: as it was. */
  readonly expiresAt?: number | null;
  /** Written in the same commit. */
  readonly also?: readonly Document[];
}

export class Editing {
  readonly #parts: MemoryParts;

  constructor(parts: MemoryParts) {
    this.#parts = parts;
  }

  update(scope: Scope, { params, body, ifMatch, traceId }: Input<'updateMemory'>): Promise<Answer<Memory>> {
    return this.#change(scope, params.memoryId, 'edited', 'updateMemory', { ifMatch, traceId }, async (old, now) => {
      const { text: given, type, tags, metadata, importance, at, validFrom, validTo, ttlSeconds } = body;
      const beside = metadata !== undefined && Object.keys(metadata).length > 0 ? { beside: metadata } : {};
      const checked =
        given === undefined && metadata === undefined
          ? undefined
          : await this.#guarded(scope, old, { pointer: '/text', text: given ?? old.body.text, ...beside }, now);
      const expiresAt = ttlSeconds === undefined ? {} : { expiresAt: this.#expiry(ttlSeconds, old, now) };
      return {
        ...defined({ type, status: checked?.status }),
        ...expiresAt,
        body: defined({
          text: checked?.text,
          fingerprint: checked === undefined ? undefined : fingerprint(checked.text),
          findings: checked?.findings,
          tags,
          metadata,
          importance,
          at: at === undefined ? undefined : Date.parse(at),
          validFrom: validFrom === undefined ? undefined : Date.parse(validFrom),
          validTo: validTo === undefined ? undefined : validTo === null ? null : Date.parse(validTo),
        }),
      };
    });
  }

  pin(scope: Scope, { params, traceId }: Input<'pinMemory'>): Promise<Answer<Memory>> {
    return this.#change(scope, params.memoryId, 'pinned', 'pinMemory', { traceId }, async (old) =>
      old.body.pinned ? undefined : { body: { pinned: true }, expiresAt: null },
    );
  }

  unpin(scope: Scope, { params, traceId }: Input<'unpinMemory'>): Promise<Answer<Memory>> {
    return this.#change(scope, params.memoryId, 'unpinned', 'unpinMemory', { traceId }, async (old, now) => {
      if (!old.body.pinned) return undefined;
      const policy = await this.#parts.policies.of(scope, old.attributes.namespace ?? 'default');
      const lifetime = this.#parts.policies.lifetime(policy, old.body.tier);
      return { body: { pinned: false }, expiresAt: lifetime === null ? null : now + lifetime };
    });
  }

  release(scope: Scope, { params, traceId }: Input<'releaseMemory'>): Promise<Answer<Memory>> {
    return this.#change(scope, params.memoryId, 'released', 'releaseMemory', { traceId }, async (old) => {
      if (old.attributes.status !== 'quarantined') throw notInState('It is not in quarantine.');
      return { status: 'active' };
    });
  }

  /** Answers with the memory that was superseded; `supersededBy` names the other. */
  supersede(scope: Scope, { params, body, traceId }: Input<'supersedeMemory'>): Promise<Answer<Memory>> {
    const { by } = body;
    return this.#change(scope, params.memoryId, 'superseded', 'supersedeMemory', { traceId }, async (old, now) => {
      if (old.attributes.status === 'superseded') throw notInState(`It is superseded by ${old.body.supersededBy}.`);
      if ('memoryId' in by) {
        if (by.memoryId === old.id) throw notInState('A memory cannot take its own place.');
        const { document } = await this.#parts.tiers.memory(scope.tenant, by.memoryId);
        const until = memoryDocument(document).body.validFrom;
        return superseded(old, by.memoryId, until, now);
      }
      const checked = await this.#guarded(scope, old, { pointer: '/by/text', text: by.text }, now);
      const validFrom = by.validFrom === undefined ? now : Date.parse(by.validFrom);
      const { findings: _, supersededBy: __, supersededAt: ___, ...kept } = old.body;
      const made = memoryDocument({
        ...old,
        id: uuid7(now),
        version: 1,
        order: now,
        attributes: { ...old.attributes, status: checked.status },
        pending: this.#parts.tiers.pending,
        body: defined({
          ...kept,
          text: checked.text,
          fingerprint: fingerprint(checked.text),
          findings: checked.findings.length > 0 ? checked.findings : undefined,
          supersedes: [old.id],
          provenance: { ...kept.provenance, writer: scope.principal },
          at: now,
          validFrom,
          validTo: null,
          createdAt: now,
          updatedAt: now,
          change: 'created',
          by: scope.principal,
        }),
      });
      return { ...superseded(old, made.id, validFrom, now), also: [made] };
    });
  }

  /** From every tier, with its history; a tier that does not answer might show it again, so all of them must. */
  async delete(scope: Scope, { params, ifMatch, traceId }: Input<'deleteMemory'>): Promise<Answer<undefined>> {
    const { tiers, policies, usage, audit } = this.#parts;
    const id = params.memoryId;
    let highest = 0;
    const { namespace, subjectId } = await tiers.retrying(
      async () => {
        const { value, down } = await tiers.copies(scope.tenant, id);
        if (down.length > 0) throw unavailable(down);
        const [first] = value;
        if (first === undefined) throw new Refusal('not-found', `There is no memory ${id}.`);
        if (ifMatch !== undefined && ifMatch !== '*' && ifMatch !== first.document.version) {
          throw mismatch(first.document.version);
        }
        const { attributes } = first.document;
        const policy = await policies.of(scope, attributes.namespace ?? 'default');
        if (policy.legalHold) throw onHold(attributes.namespace ?? 'default');
        highest = Math.max(highest, ...value.map(({ document }) => document.version));
        // The lowest copy first: if the process dies, the one that readers see is still whole.
        for (const { tier, document } of value.toReversed()) {
          const revisions = revisionKeys(document).map((remove): Write => ({ remove, expect: 'any' }));
          const writes = erasure([{ ...document, version: highest }], tiers.now(), tiers.pending).map(
            (write): Write => ('remove' in write ? { ...write, expect: document.version } : write),
          );
          await tiers.commit(scope.tenant, tier, [...writes, ...revisions]);
          await usage.add(scope.tenant, memoryDocument(document).body.tier, [document], -1);
        }
        return attributes;
      },
      (conflict) => (ifMatch === undefined ? undefined : mismatch(conflict.found)),
    );
    const facts = defined({ namespace, subjectId, traceId });
    audit.record(scope, { action: 'delete', operation: 'deleteMemory', ids: [id], ...facts });
    return { body: undefined };
  }

  /** @param edit undefined: nothing is to be changed */
  async #change(
    scope: Scope,
    id: string,
    change: Change,
    operation: string,
    { ifMatch, traceId }: { readonly ifMatch?: number | '*' | undefined; readonly traceId?: string | undefined },
    edit: (old: MemoryDocument, now: number) => Promise<Edit | undefined>,
  ): Promise<Answer<Memory>> {
    const { tiers, usage, audit, signer } = this.#parts;
    let at: StoreTier = 'short';
    const written = await tiers.retrying(
      async () => {
        const { tier, document } = await tiers.memory(scope.tenant, id);
        at = tier;
        const old = memoryDocument(document);
        if (ifMatch !== undefined && ifMatch !== '*' && ifMatch !== old.version) throw mismatch(old.version);
        const now = tiers.now();
        const edited = await edit(old, now);
        if (edited === undefined) return old;
        const { body, type, status, expiresAt = old.expiresAt, also = [] } = edited;
        const put = memoryDocument({
          ...old,
          version: old.version + 1,
          expiresAt,
          pending: tiers.pending,
          attributes: { ...old.attributes, ...defined({ type, status }) },
          body: { ...old.body, ...body, updatedAt: now, change, by: scope.principal },
        });
        await tiers.commit(scope.tenant, tier, [
          { put, expect: old.version },
          { put: revisionDocument(old, expiresAt), expect: 'any' },
          ...also.map((made): Write => ({ put: made, expect: 'absent' })),
        ]);
        await usage.add(scope.tenant, old.body.tier, [old], -1);
        await usage.add(scope.tenant, old.body.tier, [put, ...also]);
        return put;
      },
      (conflict) => (ifMatch === undefined ? undefined : mismatch(conflict.found)),
    );
    const { namespace, subjectId } = written.attributes;
    audit.record(scope, {
      action: change === 'released' ? 'release' : 'write',
      operation,
      ids: [id],
      ...defined({ namespace, subjectId, traceId }),
    });
    return {
      body: memoryOf(written),
      version: written.version,
      consistencyToken: signer.consistencyToken(scope, { at: tiers.now(), tiers: [at] }),
    };
  }

  async #guarded(
    scope: Scope,
    { attributes }: MemoryDocument,
    given: { readonly pointer: string; readonly text: string; readonly beside?: unknown },
    now: number,
  ) {
    const { policies, recalled } = this.#parts;
    const policy = await policies.of(scope, attributes.namespace ?? 'default');
    const mode = policies.quarantine(policy);
    const [checked] = guard([given], { policy, mode, recalled, tenant: scope.tenant, now });
    if (checked === undefined) throw new TypeError('a text was guarded and is gone');
    return checked;
  }

  #expiry(ttlSeconds: number | null, { body }: MemoryDocument, now: number): number | null {
    if (ttlSeconds !== null) return now + ttlSeconds * 1000;
    if (body.tier === 'long' || body.tier === 'semantic') return null;
    throw new Refusal('invalid-request', 'Only the tiers long and semantic keep for ever.', {
      mistakes: [
        {
          pointer: '/ttlSeconds',
          given: 'null',
          allowed: `a number of seconds, as the memory is in the tier ${body.tier}`,
          fix: 'Promote the memory, or pin it.',
        },
      ],
    });
  }
}

function superseded({ body }: MemoryDocument, by: string, from: number, now: number): Edit {
  const validTo = body.validTo === null ? Math.max(from, body.validFrom) : body.validTo;
  return { status: 'superseded', body: { supersededBy: by, supersededAt: now, validTo } };
}
