import type * as z from 'zod';
import type { found, hit } from '../../api/search.ts';
import type { Answer, Input, Scope } from '../../api/service.ts';
import type { RecalledTexts } from '../../guard/recalled.ts';
import type { Passage } from '../../search/passage.ts';
import { type Hit as Ranked, rank } from '../../search/ranking/rank.ts';
import type { Document, Tier } from '../../stores/store.ts';
import type { Dependencies } from '../dependencies.ts';
import { defined } from '../records/canonical.ts';
import { memoryDocument, memoryOf } from '../records/memory.ts';
import type { Consistency, Signer } from '../records/signed.ts';
import { messageOf } from '../sessions/record.ts';
import type { Audit } from '../tiers/audit.ts';
import { storeTierOf, type Tiers, tiersOf } from '../tiers/tiers.ts';
import type { Accesses } from './accesses.ts';
import { CandidateSearch, type Candidates, type Degraded } from './candidates.ts';
import { type Asked, asked } from './question.ts';
import { ReadBack, type Shown } from './read-back.ts';

/** Hits that are ranked at most; pages go no further. */
const MOST_RANKED = 500;

export interface RecallParts {
  readonly tiers: Tiers;
  readonly signer: Signer;
  readonly audit: Audit;
  readonly accesses: Accesses;
  readonly recalled: RecalledTexts;
}

export interface RankedDocument extends Shown, Ranked {}

export interface Recall {
  readonly hits: readonly RankedDocument[];
  readonly mode: Asked['mode'];
  readonly degraded: readonly Degraded[];
  readonly tiers: readonly Tier[];
}

export class Search {
  readonly #parts: RecallParts;
  readonly #candidates: CandidateSearch;
  readonly #readBack: ReadBack;

  constructor(dependencies: Dependencies, parts: RecallParts) {
    this.#parts = parts;
    this.#candidates = new CandidateSearch(dependencies, parts.tiers);
    this.#readBack = new ReadBack(parts.tiers);
  }

  async search(
    scope: Scope,
    { body, consistencyToken, traceId }: Input<'searchMemories'>,
  ): Promise<Answer<z.output<typeof found>>> {
    const { signer, tiers } = this.#parts;
    const { cursor, limit, minScore = 0, explain, ...question } = body;
    const place = signer.place<{ from: number; now: number }>(scope, ['search', question], cursor, '/cursor');
    const from = place?.from ?? 0;
    // The pages of one search are of one moment: recency must not change their order.
    const what = asked(scope, body, tiers.now());
    const recall = await this.recall(what, signer.consistency(scope, consistencyToken), place?.now);
    const hits = recall.hits.filter(({ score }) => score >= minScore);
    const page = hits.slice(from, from + limit);
    const next =
      hits.length > from + limit
        ? signer.cursor(scope, ['search', question], { from: from + limit, now: place?.now ?? what.now })
        : null;
    this.hand(what, page, 'searchMemories', traceId);
    return {
      body: {
        hits: page.map((ranked) => hitOf(ranked, explain)),
        next,
        mode: recall.mode,
        tiers: [...recall.tiers],
        partial: recall.degraded.some((part) => part !== 'embedder'),
        degraded: [...recall.degraded],
      },
    };
  }

  async recall(what: Asked, consistency?: Consistency, rankedAt = what.now): Promise<Recall> {
    const candidates = await this.#candidates.find(what, consistency);
    const { shown, down } = await this.#readBack.read(what, candidates.found);
    const beside = await this.#readBack.neighbours(what, shown);
    const hits = ranked(what, [...shown, ...beside], candidates, rankedAt);
    const degraded = [...new Set<Degraded>([...down, ...candidates.degraded])];
    const tiers = what.stores.flatMap(tiersOf).filter((tier) => what.filter.tiers?.includes(tier) ?? true);
    return { hits, mode: candidates.mode, degraded, tiers: tiers.filter((tier) => !down.includes(tier)) };
  }

  /** What is handed out is counted, audited, and known when it comes back. */
  hand(
    { scope, now, filter }: Asked,
    handed: readonly Shown[],
    operation: 'searchMemories' | 'assembleContext',
    traceId?: string,
  ): void {
    const { accesses, audit, recalled } = this.#parts;
    for (const { document, tier } of handed) {
      if (document.kind === 'memory') accesses.count(scope.tenant, storeTierOf(tier), document);
    }
    recalled.remember(
      scope.tenant,
      handed.flatMap(({ document }) => (document.kind === 'memory' ? [textOf(document)] : [])),
      now,
    );
    const [subjectId, ...others] = filter.subjectIds ?? [];
    const [namespace, ...more] = filter.namespaces ?? [];
    audit.record(scope, {
      action: operation === 'searchMemories' ? 'search' : 'context',
      operation,
      ids: handed.map(({ document }) => document.id),
      ...defined({
        subjectId: others.length === 0 ? subjectId : undefined,
        namespace: more.length === 0 ? namespace : undefined,
        traceId,
      }),
    });
  }
}

function ranked(
  { question }: Asked,
  pool: readonly Shown[],
  { statistics }: Candidates,
  now: number,
): readonly RankedDocument[] {
  const passages = new Map<Passage, Shown>(pool.map((shown) => [passageOf(shown), shown]));
  const hits = rank(question, [...passages.keys()], statistics, { now, limit: MOST_RANKED });
  return hits.flatMap(({ passage, score, parts }) => {
    const shown = passages.get(passage);
    return shown === undefined ? [] : [{ ...shown, passage, score, parts }];
  });
}

function passageOf({ document, similarity }: Shown): Passage {
  const { kind, id, attributes, order, body } = document;
  return defined({
    id: `${kind} ${id}`,
    text: textOf(document),
    speaker: body.speaker as string | undefined,
    at: Number(body.at),
    importance: body.importance as number | undefined,
    thread: kind === 'message' ? attributes.sessionId : undefined,
    sequence: kind === 'message' ? order : undefined,
    similarity,
  });
}

function textOf({ body }: Document): string {
  return String(body.text);
}

function hitOf({ document, tier, score, parts }: RankedDocument, explain: boolean): z.output<typeof hit> {
  const shared = { tier, score, ...(explain && { parts: { ...parts } }) };
  if (document.kind === 'memory') return { kind: 'memory', memory: memoryOf(memoryDocument(document)), ...shared };
  return {
    kind: 'message',
    message: { ...messageOf(document), sessionId: document.attributes.sessionId ?? '' },
    ...shared,
  };
}
