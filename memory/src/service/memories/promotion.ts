import type { Answer, Input, Scope } from '../../api/service.ts';
import { tiers as ladder, type Tier, type Write } from '../../stores/store.ts';
import { defined } from '../records/canonical.ts';
import {
  type Memory,
  type MemoryDocument,
  memoryDocument,
  memoryOf,
  revisionDocument,
  revisionKeys,
} from '../records/memory.ts';
import { type Found, storeTierOf } from '../tiers/tiers.ts';
import type { MemoryParts } from './create.ts';
import { notInState } from './reading.ts';

export class Promotion {
  readonly #parts: MemoryParts;

  constructor(parts: MemoryParts) {
    this.#parts = parts;
  }

  async promote(scope: Scope, { params, body, traceId }: Input<'promoteMemory'>): Promise<Answer<Memory>> {
    const { audit, signer, tiers } = this.#parts;
    const promoted = await this.raise(scope, params.memoryId, body.to, body.ttlSeconds);
    const { namespace, subjectId } = promoted.attributes;
    const facts = defined({ namespace, subjectId, traceId });
    audit.record(scope, { action: 'write', operation: 'promoteMemory', ids: [promoted.id], ...facts });
    return {
      body: memoryOf(promoted),
      version: promoted.version,
      consistencyToken: signer.consistencyToken(scope, { at: tiers.now(), tiers: [storeTierOf(body.to)] }),
    };
  }

  /**
   * Copies to the higher tier, reads the copy back, and only then removes the source. Whoever reads meanwhile sees one of the two,
   * and when the process dies in between, the next promotion goes on from there.
   */
  raise(scope: Scope, id: string, to: Tier, ttlSeconds?: number | null): Promise<MemoryDocument> {
    const { tiers, policies, usage } = this.#parts;
    return tiers.retrying(async () => {
      const { value } = await tiers.copies(scope.tenant, id);
      const [found] = value;
      const { tier, document } = found ?? (await tiers.memory(scope.tenant, id));
      const old = memoryDocument(document);
      const target = storeTierOf(to);
      if (ladder.indexOf(to) < ladder.indexOf(old.body.tier) || (to === old.body.tier && value.length < 2)) {
        throw notInState(`It is in the tier ${old.body.tier}; only a longer-lived one is a promotion.`);
      }
      if (to === old.body.tier) return this.#removeSources(scope, { tier, document: old }, value.slice(1));
      const now = tiers.now();
      const policy = await policies.of(scope, old.attributes.namespace ?? 'default');
      const lifetime =
        ttlSeconds === undefined ? policies.lifetime(policy, to) : ttlSeconds === null ? null : ttlSeconds * 1000;
      const expiresAt = old.body.pinned || lifetime === null ? null : now + lifetime;
      const put = memoryDocument({
        ...old,
        version: old.version + 1,
        expiresAt,
        pending: tiers.pending,
        body: {
          ...old.body,
          tier: to,
          promotedFrom: old.body.tier,
          promotedVersion: old.version,
          updatedAt: now,
          change: 'promoted',
          by: scope.principal,
        },
      });
      const revisions = tier === target ? [] : await tiers.getAll(scope.tenant, tier, revisionKeys(old));
      const writes: Write[] = [
        { put, expect: tier === target ? old.version : 'absent' },
        { put: revisionDocument(old, expiresAt), expect: 'any' },
        ...revisions.flatMap((one): Write[] =>
          one === undefined ? [] : [{ put: { ...one, expiresAt }, expect: 'any' }],
        ),
      ];
      await tiers.commit(scope.tenant, target, writes);
      await usage.add(scope.tenant, to, [put]);
      if (tier === target) {
        await usage.add(scope.tenant, old.body.tier, [old], -1);
        return put;
      }
      const readable = await tiers.get(scope.tenant, target, { kind: 'memory', id });
      if (readable === undefined) throw notInState('It was promoted, and deleted or forgotten at the same time.');
      return this.#removeSources(scope, { tier: target, document: memoryDocument(readable) }, [
        { tier, document: old },
        ...value.slice(1),
      ]);
    });
  }

  /**
   * Without a tombstone: the memory lives on. What somebody changed in a source after it was copied is copied again.
   * @throws VersionConflict, after which all is read again
   */
  async #removeSources(
    scope: Scope,
    promoted: Found<MemoryDocument>,
    sources: readonly Found[],
  ): Promise<MemoryDocument> {
    const { tiers, usage } = this.#parts;
    let { document } = promoted;
    for (const { tier, document: source } of sources) {
      const { body } = memoryDocument(source);
      const { promotedVersion = 0, updatedAt } = document.body;
      const untouched = document.version === promotedVersion + 1;
      if (source.version > promotedVersion && (untouched || body.updatedAt > updatedAt)) {
        const { tier: to, promotedFrom } = document.body;
        const changed = memoryDocument({
          ...document,
          version: Math.max(document.version, source.version) + 1,
          attributes: source.attributes,
          body: { ...body, tier: to, ...defined({ promotedFrom }), promotedVersion: source.version },
        });
        await tiers.commit(scope.tenant, promoted.tier, [{ put: changed, expect: document.version }]);
        document = changed;
      }
      const revisions = revisionKeys(source).map((remove): Write => ({ remove, expect: 'any' }));
      await tiers.commit(scope.tenant, tier, [{ remove: source, expect: source.version }, ...revisions]);
      await usage.add(scope.tenant, body.tier, [source], -1);
    }
    return document;
  }
}
