import type * as z from 'zod';
import { Refusal } from '../../api/errors.ts';
import type { promotionRule } from '../../api/policies.ts';
import type { Input, Scope } from '../../api/service.ts';
import { tiers as ladder } from '../../stores/store.ts';
import type { MemoryParts } from '../memories/create.ts';
import type { Promotion } from '../memories/promotion.ts';
import type { Accesses } from '../recall/accesses.ts';
import { type MemoryDocument, memoryDocument } from '../records/memory.ts';
import { storeTierOf } from '../tiers/tiers.ts';
import type { OperationChange } from './operation.ts';
import type { Progress, Work } from './operations.ts';

type Rule = z.output<typeof promotionRule>;

/** Promotes what the rules of a namespace's policy name. The first rule that holds for a memory counts. */
export class PromotionByPolicy implements Work {
  readonly type = 'promotion';
  readonly #parts: MemoryParts;
  readonly #promotion: Promotion;
  readonly #accesses: Accesses;

  constructor(parts: MemoryParts, promotion: Promotion, accesses: Accesses) {
    this.#parts = parts;
    this.#promotion = promotion;
    this.#accesses = accesses;
  }

  async run(
    scope: Scope,
    input: Readonly<Record<string, unknown>>,
    dryRun: boolean,
    progress: Progress,
  ): Promise<undefined> {
    const { tiers, policies, audit } = this.#parts;
    const { namespace } = input as unknown as Input<'promoteByPolicy'>['body'];
    const { promotion: rules } = await policies.of(scope, namespace);
    const due: { readonly memory: MemoryDocument; readonly rule: Rule; readonly recalls: number }[] = [];
    for (const store of new Set(rules.map(({ from }) => storeTierOf(from)))) {
      for await (const page of tiers.walk(scope.tenant, store, 'memory', { namespace, status: 'active' })) {
        const recalls = await this.#accesses.of(
          scope.tenant,
          store,
          page.map(({ id }) => id),
        );
        for (const [index, document] of page.entries()) {
          const memory = memoryDocument(document);
          const count = recalls[index] ?? 0;
          const rule = rules.find((one) => holds(one, memory, count, tiers.now()));
          if (rule !== undefined) due.push({ memory, rule, recalls: count });
        }
      }
    }
    await progress.step(0, due.length);
    for (const [index, { memory, rule, recalls }] of due.entries()) {
      const done = dryRun || (await this.#promote(scope, memory.id, rule));
      const change: OperationChange = {
        action: 'promote',
        memoryIds: [memory.id],
        from: memory.body.tier,
        to: rule.to,
        why: why(rule, memory, recalls),
        ...(!dryRun && { result: memory.id }),
      };
      await progress.step(index + 1, due.length, ...(done ? [change] : []));
    }
    if (!dryRun) {
      const ids = due.map(({ memory }) => memory.id);
      audit.record(scope, { action: 'write', operation: 'promoteByPolicy', ids, namespace });
    }
    return undefined;
  }

  /** False where it was deleted or promoted by somebody else meanwhile. */
  async #promote(scope: Scope, id: string, { to }: Rule): Promise<boolean> {
    try {
      await this.#promotion.raise(scope, id, to);
      return true;
    } catch (error) {
      if (error instanceof Refusal && (error.code === 'not-found' || error.code === 'conflict')) return false;
      throw error;
    }
  }
}

function holds(rule: Rule, { body, attributes }: MemoryDocument, recalls: number, now: number): boolean {
  const { from, to, minAccesses, minImportance, minAgeSeconds, pinned, types } = rule;
  return (
    body.tier === from &&
    ladder.indexOf(to) > ladder.indexOf(from) &&
    (minAccesses === undefined || recalls >= minAccesses) &&
    (minImportance === undefined || body.importance >= minImportance) &&
    (minAgeSeconds === undefined || body.createdAt + minAgeSeconds * 1000 <= now) &&
    (pinned === undefined || body.pinned === pinned) &&
    (types === undefined || types.some((type) => type === attributes.type))
  );
}

function why(rule: Rule, { body, attributes }: MemoryDocument, recalls: number): string {
  const reasons = [
    rule.minAccesses === undefined ? [] : [`recalled ${recalls} times, ${rule.minAccesses} suffice`],
    rule.minImportance === undefined ? [] : [`importance ${body.importance}, ${rule.minImportance} suffices`],
    rule.minAgeSeconds === undefined ? [] : [`older than ${rule.minAgeSeconds} s`],
    rule.pinned === undefined ? [] : [body.pinned ? 'pinned' : 'not pinned'],
    rule.types === undefined ? [] : [`of the type ${attributes.type}`],
  ].flat();
  return reasons.length === 0 ? `The rule takes everything in ${rule.from}.` : `${reasons.join(', ')}.`;
}
