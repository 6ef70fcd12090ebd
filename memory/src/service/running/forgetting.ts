import type { Input, Scope } from '../../api/service.ts';
import type { SearchIndex } from '../../stores/search-index.ts';
import type { Document, Kind } from '../../stores/store.ts';
import { type StoreTier, storeTiers } from '../dependencies.ts';
import type { MemoryParts } from '../memories/create.ts';
import type { Accesses } from '../recall/accesses.ts';
import { instant } from '../records/canonical.ts';
import { memoryDocument } from '../records/memory.ts';
import type { Messages } from '../sessions/messages.ts';
import { erasure, onHold } from '../sessions/sessions.ts';
import { subjectKinds } from '../subjects/record.ts';
import type { Operation } from './operation.ts';
import type { Progress, Work } from './operations.ts';

const PAGE = 100;

/** What the relay was about to tell the index when the erasure began arrives once; who keeps on writing is told so. */
const MOST_PASSES = 5;

export interface ForgettingParts extends MemoryParts {
  readonly index: SearchIndex;
  readonly accesses: Accesses;
  readonly messages: Messages;
}

/**
 * Erases a subject from every store, the index and what is kept in memory; then looks again and counts what is left, which is
 * nothing. Marks without content stay, so that no late entry of the index brings anything back.
 */
export class Forgetting implements Work {
  readonly type = 'forget';
  readonly #parts: ForgettingParts;

  constructor(parts: ForgettingParts) {
    this.#parts = parts;
  }

  /** Before the operation begins. @throws Refusal `legal-hold` */
  async check(scope: Scope, subjectId: string): Promise<void> {
    const held = await this.#parts.policies.held(scope);
    for (const namespace of held) {
      for (const tier of storeTiers) {
        for (const kind of ['memory', 'session'] as const) {
          const query = { kind, where: { namespace, subjectId }, direction: 'ascending', limit: 1 } as const;
          if ((await this.#parts.tiers.list(scope.tenant, tier, query)).length > 0) throw onHold(namespace);
        }
      }
    }
  }

  async run(
    scope: Scope,
    input: Readonly<Record<string, unknown>>,
    dryRun: boolean,
    progress: Progress,
  ): Promise<NonNullable<Operation['receipt']>> {
    const { tiers, index, audit, recalled, accesses, messages, signer } = this.#parts;
    const { subjectId } = input as unknown as Pick<Input<'forgetSubject'>['params'], 'subjectId'>;
    const startedAt = tiers.now();
    const erased: Record<string, number> = {};
    let remaining = 0;
    await this.check(scope, subjectId);
    if (dryRun) {
      await this.#each(scope, subjectId, async (tier, kind, documents) => {
        erased[`${tier}.${kind}`] = (erased[`${tier}.${kind}`] ?? 0) + documents.length;
      });
    } else {
      accesses.forget(scope.tenant);
      recalled.forget();
      messages.forget();
      let done = 0;
      remaining = Number.POSITIVE_INFINITY;
      for (let pass = 0; remaining > 0 && pass < MOST_PASSES; pass += 1) {
        await this.#each(scope, subjectId, async (tier, kind, documents) => {
          await this.#erase(scope, tier, documents);
          erased[`${tier}.${kind}`] = (erased[`${tier}.${kind}`] ?? 0) + documents.length;
          done += documents.length;
          await progress.step(done, null);
        });
        erased['index.entry'] = (erased['index.entry'] ?? 0) + (await index.forget(scope.tenant, subjectId));
        remaining = await this.#remaining(scope, subjectId);
      }
    }
    if (remaining > 0) throw new Error(`${remaining} records were written while the subject was forgotten. Retry.`);
    const fields = { subjectId, erased, remaining, startedAt: instant(startedAt), finishedAt: instant(tiers.now()) };
    const total = Object.values(erased).reduce((sum, count) => sum + count, 0);
    if (!dryRun) {
      audit.record(scope, { action: 'forget', operation: 'forgetSubject', subjectId, ids: [], count: total });
      await audit.flush();
    }
    return { ...fields, signature: signer.signature(fields) };
  }

  async #erase(scope: Scope, tier: StoreTier, documents: readonly Document[]): Promise<void> {
    const { tiers, usage } = this.#parts;
    await tiers.commitAll(scope.tenant, tier, erasure(documents, tiers.now(), tiers.pending));
    const counted = documents.filter(({ kind }) => kind !== 'revision' && kind !== 'usage' && kind !== 'idempotency');
    for (const document of counted) {
      const at = document.kind === 'memory' ? memoryDocument(document).body.tier : tier;
      await usage.add(scope.tenant, at, [document], -1);
    }
  }

  async #remaining(scope: Scope, subjectId: string): Promise<number> {
    const { index, tiers } = this.#parts;
    let count = 0;
    await this.#each(scope, subjectId, async (_, __, documents) => {
      count += documents.length;
    });
    const found = await index.lexical({ tenant: scope.tenant, subjectIds: [subjectId] }, [subjectId], 1, tiers.now());
    return count + found.length + (await index.forget(scope.tenant, subjectId));
  }

  async #each(
    scope: Scope,
    subjectId: string,
    take: (tier: StoreTier, kind: Kind, documents: readonly Document[]) => Promise<void>,
  ): Promise<void> {
    for (const tier of storeTiers) {
      for (const kind of subjectKinds) {
        for await (const documents of this.#parts.tiers.walk(scope.tenant, tier, kind, { subjectId }, PAGE)) {
          await take(tier, kind, documents);
        }
      }
    }
  }
}
