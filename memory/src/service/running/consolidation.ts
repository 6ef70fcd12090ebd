import type { Input, Scope } from '../../api/service.ts';
import { fingerprint, normalised } from '../../guard/fingerprint.ts';
import { type Tier, VersionConflict, type Write } from '../../stores/store.ts';
import type { StoreTier } from '../dependencies.ts';
import type { MemoryParts } from '../memories/create.ts';
import { defined } from '../records/canonical.ts';
import { uuid5 } from '../records/identifiers.ts';
import { type MemoryDocument, memoryDocument, revisionDocument } from '../records/memory.ts';
import { storeTierOf } from '../tiers/tiers.ts';
import type { OperationChange } from './operation.ts';
import type { Progress, Work } from './operations.ts';

type Asked = Omit<Input<'consolidate'>['body'], 'dryRun'>;

/** Memories that are compared with one another at most; beyond, only those of the same words are merged. */
const MOST_COMPARED = 2000;
/** Sources of one merged memory, as many as one commit and its provenance hold. */
const MOST_SOURCES = 50;
/** Groups that are merged at the same time: they wait for search to find what they made, and it takes many at once. */
const AT_ONCE = 16;
/** Words that make another statement of otherwise the same words. */
const DECIDES =
  /\d|^(?:not?|never|no|none|nor|without|stopped|isn|aren|wasn|weren|doesn|didn|don|won|cannot|hasn|haven)$/;

/**
 * Merges memories that say the same: the same words, or so many in common, of the same subject, namespace, tier and type. The
 * newest text stays. A source is superseded only when the merged memory is readable and search finds it; none is deleted.
 */
export class Consolidation implements Work {
  readonly type = 'consolidation';
  readonly #parts: MemoryParts;

  constructor(parts: MemoryParts) {
    this.#parts = parts;
  }

  async run(
    scope: Scope,
    input: Readonly<Record<string, unknown>>,
    dryRun: boolean,
    progress: Progress,
  ): Promise<undefined> {
    const asked = input as unknown as Asked;
    const groups: { readonly store: StoreTier; readonly memories: readonly MemoryDocument[] }[] = [];
    for (const store of new Set(asked.tiers.map(storeTierOf))) {
      const all = await this.#memories(scope, store, asked);
      for (const some of Map.groupBy(all, kindOf).values()) {
        for (const memories of groupsOf(some, asked.similarity)) groups.push({ store, memories });
      }
    }
    await progress.step(0, groups.length);
    for (let done = 0; done < groups.length; ) {
      const some = groups.slice(done, done + AT_ONCE);
      const outcomes = await Promise.allSettled(
        some.map(async ({ store, memories }) => (dryRun ? planned(memories) : this.#merge(scope, store, memories))),
      );
      const merged = outcomes.filter((outcome) => outcome.status === 'fulfilled');
      done += merged.length;
      await progress.step(done, groups.length, ...merged.flatMap(({ value }) => value ?? []));
      const failed = outcomes.find((outcome) => outcome.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    }
    return undefined;
  }

  async #memories(
    scope: Scope,
    store: StoreTier,
    { namespace, subjectId, tiers: asked }: Asked,
  ): Promise<MemoryDocument[]> {
    const wanted = new Set<Tier>(asked);
    const where = defined({ namespace, subjectId, status: 'active' });
    const all: MemoryDocument[] = [];
    for await (const page of this.#parts.tiers.walk(scope.tenant, store, 'memory', where)) {
      all.push(...page.map(memoryDocument).filter(({ body }) => wanted.has(body.tier) && !body.pinned));
    }
    return all;
  }

  /** Undefined where somebody changed a source meanwhile: the next run sees it as it is then. */
  async #merge(
    scope: Scope,
    store: StoreTier,
    sources: readonly MemoryDocument[],
  ): Promise<OperationChange | undefined> {
    const { tiers, usage } = this.#parts;
    const now = tiers.now();
    const merged = mergedOf(scope, sources, now, tiers.pending);
    const before = await tiers.get(scope.tenant, store, merged);
    if (before === undefined) {
      await tiers.commit(scope.tenant, store, [{ put: merged, expect: 'absent' }]);
      await usage.add(scope.tenant, merged.body.tier, [merged]);
    }
    const readable = await tiers.get(scope.tenant, store, merged);
    if (readable === undefined || !(await tiers.indexed(scope.tenant, store, [readable]))) {
      throw new Error('A merged memory is not found by search yet; its sources stay as they are. Retry later.');
    }
    const writes = sources.flatMap((old): Write[] => {
      const put = memoryDocument({
        ...old,
        version: old.version + 1,
        pending: tiers.pending,
        attributes: { ...old.attributes, status: 'superseded' },
        body: {
          ...old.body,
          supersededBy: merged.id,
          supersededAt: now,
          updatedAt: now,
          change: 'consolidated',
          by: scope.principal,
        },
      });
      return [
        { put, expect: old.version },
        { put: revisionDocument(old, old.expiresAt), expect: 'any' },
      ];
    });
    try {
      await tiers.commit(scope.tenant, store, writes);
    } catch (error) {
      if (!(error instanceof VersionConflict)) throw error;
      // A merged memory without its sources superseded would be one more double.
      await tiers.commit(scope.tenant, store, [{ remove: merged, expect: 'any' }]);
      await usage.add(scope.tenant, merged.body.tier, [merged], -1);
      return undefined;
    }
    return { ...planned(sources), result: merged.id };
  }
}

function planned(sources: readonly MemoryDocument[]): OperationChange {
  const same = new Set(sources.map(({ body }) => body.fingerprint)).size === 1;
  return {
    action: 'merge',
    memoryIds: sources.map(({ id }) => id),
    text: newest(sources).body.text,
    why: same ? 'They have the same words.' : 'They have almost the same words.',
  };
}

/** Only such are merged with one another. */
function kindOf({ attributes, body }: MemoryDocument): string {
  return JSON.stringify([attributes.subjectId ?? null, attributes.namespace, attributes.type, body.tier]);
}

/** Each group of two or more that are one. Members are compared with the first of the group, so no chain leads away from it. */
function groupsOf(memories: readonly MemoryDocument[], similarity: number): MemoryDocument[][] {
  const groups: { readonly words: ReadonlySet<string>; readonly members: MemoryDocument[] }[] = [];
  const byPrint = new Map<string, MemoryDocument[]>();
  for (const memory of memories) {
    const same = byPrint.get(memory.body.fingerprint);
    if (same !== undefined) {
      if (same.length < MOST_SOURCES) same.push(memory);
      continue;
    }
    const words = new Set(normalised(memory.body.text).split(' '));
    const close =
      similarity < 1 && groups.length <= MOST_COMPARED
        ? groups.find((group) => group.members.length < MOST_SOURCES && inCommon(group.words, words) >= similarity)
        : undefined;
    const members = close?.members ?? [];
    members.push(memory);
    if (close === undefined) groups.push({ words, members });
    byPrint.set(memory.body.fingerprint, members);
  }
  return groups.flatMap(({ members }) => (members.length > 1 ? [members] : []));
}

/** Share of all their words that both have; 0 where a number or a negation is in one of them only. */
function inCommon(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const both = [...one].filter((word) => other.has(word)).length;
  const either = new Set([...one, ...other]);
  const differ = [...either].some((word) => !(one.has(word) && other.has(word)) && DECIDES.test(word));
  return differ ? 0 : both / either.size;
}

function newest(sources: readonly MemoryDocument[]): MemoryDocument {
  return sources.reduce((best, one) => (one.body.at >= best.body.at ? one : best));
}

/** Its id comes of its sources: when a run is repeated, it is the same memory. */
function mergedOf(scope: Scope, sources: readonly MemoryDocument[], now: number, pending: boolean): MemoryDocument {
  const best = newest(sources);
  const ids = sources.map(({ id }) => id);
  const lives = sources.map(({ expiresAt }) => expiresAt);
  const { findings: _, promotedFrom: __, promotedVersion: ___, ...kept } = best.body;
  return memoryDocument({
    ...best,
    id: uuid5(scope.tenant, 'merged', ...sources.map(({ id, version }) => `${id} ${version}`).sort()),
    version: 1,
    order: now,
    expiresAt: lives.some((life) => life === null) ? null : Math.max(...lives.map((life) => life ?? 0)),
    pending,
    attributes: { ...best.attributes, status: 'active' },
    body: {
      ...kept,
      fingerprint: fingerprint(kept.text),
      tags: [...new Set(sources.flatMap(({ body }) => body.tags))].slice(0, 32),
      importance: Math.max(...sources.map(({ body }) => body.importance)),
      provenance: { source: 'consolidation', memoryIds: ids, writer: scope.principal },
      validFrom: Math.min(...sources.map(({ body }) => body.validFrom)),
      supersedes: ids,
      createdAt: now,
      updatedAt: now,
      change: 'consolidated',
      by: scope.principal,
    },
  });
}
