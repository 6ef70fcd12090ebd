import type { Property } from '../catalogue/collection.ts';
import { withinBytes } from '../objects/budget.ts';
import { objectsByIds } from '../objects/fetch.ts';
import { type Values, valuesOf } from '../objects/values.ts';
import { grouped } from '../ranking/groups.ts';
import { maximalMarginalRelevance } from '../ranking/mmr.ts';
import { decayFactor } from '../ranking/time-decay.ts';
import type { Database } from '../weaviate/database.ts';
import { type Candidate, findCandidates } from './candidates.ts';
import type { Explanation } from './explanation.ts';
import type { SearchRequest } from './request.ts';

/** How many of the best are ranked anew where the caller asks for an order other than Weaviate's. */
export const POOL = 200;

/** Weaviate scores a hybrid search anew for every page that ends further down than here, and gives it another order. */
const HYBRID_PAGES = 100;

export interface Hit {
  readonly id: string;
  readonly score: number;
  readonly group?: string;
  readonly why?: Why;
  readonly values: Values;
  /** Bytes of an object that was too large to be given back. */
  readonly omittedBytes?: number;
}

export interface Why extends Explanation {
  /** The score before it faded with age. */
  readonly relevance?: number;
  /** What it was multiplied by for its age. */
  readonly decay?: number;
  /** Its likeness to the most similar result before it. */
  readonly redundancy?: number;
}

export interface Found {
  readonly hits: readonly Hit[];
  /** There are more results after these. */
  readonly more: boolean;
  /** How many results were ranked anew. Not set: Weaviate's own order. */
  readonly pool?: number;
  /** MCP_QUERY_BYTES had no room for the next. */
  readonly full: boolean;
  /** There may be more, but their order would not be that of the pages before. */
  readonly capped: boolean;
}

/** A search from its request to what is given back. @throws {ToolRefusal} */
export async function search(database: Database, request: SearchRequest, signal: AbortSignal): Promise<Found> {
  const { decay, mmr, group, sort, autocut } = request;
  const ranksAnew = Boolean(decay ?? mmr ?? group ?? sort ?? autocut);
  return ranksAnew ? fromPool(database, request, signal) : asRanked(database, request, signal);
}

/** In Weaviate's own order, and no more than the page. */
async function asRanked(database: Database, request: SearchRequest, signal: AbortSignal): Promise<Found> {
  const { limit, offset, properties, explain, mode } = request;
  const left = mode.kind === 'hybrid' ? Math.max(limit, HYBRID_PAGES) - offset : Number.POSITIVE_INFINITY;
  // One more than the page, to know whether there are more.
  const asked = Math.min(limit + 1, left);
  const found = await findCandidates(database, request, { limit: asked, offset, properties }, signal);
  const hits = found
    .slice(0, limit)
    .map((one) => hitOf({ candidate: one, why: one.explanation }, valuesOf(one.properties, properties), explain));
  return { ...page(hits, found.length > limit, request), capped: asked <= limit && found.length === asked };
}

/** Ranks the best candidates anew, by their ids, and reads of those on the page the rest. */
async function fromPool(database: Database, request: SearchRequest, signal: AbortSignal): Promise<Found> {
  const { limit, offset, properties, explain, mmr } = request;
  const wanted = { limit: POOL, offset: 0, properties: neededBy(request), ...(mmr && { vector: mmr.vector }) };
  const pool = await findCandidates(database, request, wanted, signal);
  const ranked = rank(pool, request);
  const shown = ranked.slice(offset, offset + limit);
  const ids = shown.map(({ candidate }) => candidate.id);
  const objects = await objectsByIds(database, request, ids, properties, signal);
  // What was deleted since is not there any more.
  const hits = shown.flatMap((one) => {
    const values = objects.get(one.candidate.id);
    return values === undefined ? [] : [hitOf(one, values, explain)];
  });
  return { ...page(hits, ranked.length > offset + limit, request), pool: pool.length, capped: false };
}

interface Ranked {
  readonly candidate: Candidate;
  readonly why: Why;
  readonly group?: string;
}

function rank(
  pool: readonly Candidate[],
  { decay, mmr, sort, group, offset, limit }: SearchRequest,
): readonly Ranked[] {
  let ranked: readonly Ranked[] = pool.map((candidate) => ({ candidate, why: candidate.explanation }));
  if (decay) {
    ranked = ranked
      .map(({ candidate, why }) => {
        const at =
          decay.property === '_created' ? candidate.created : timeOf(candidate.properties[decay.property.name]);
        const factor = decayFactor(at, decay);
        const relevance = candidate.score;
        return { candidate: { ...candidate, score: relevance * factor }, why: { ...why, relevance, decay: factor } };
      })
      .toSorted((a, b) => b.candidate.score - a.candidate.score);
  }
  if (mmr) {
    // As many as pages were asked for, and one to know whether there are more; groups need to see all.
    const most = group ? ranked.length : offset + limit + 1;
    const items = ranked.map((one) => ({
      one,
      score: one.candidate.score,
      ...(one.candidate.vector && { vector: one.candidate.vector }),
    }));
    ranked = maximalMarginalRelevance(items, mmr.balance, most).map(({ item: { one }, redundancy }) => ({
      ...one,
      why: { ...one.why, redundancy },
    }));
  }
  if (sort) ranked = sorted(ranked, sort);
  if (group) {
    const keyOf = ({ candidate }: Ranked) => candidate.properties[group.property.name];
    ranked = grouped(ranked, keyOf, group).map(({ item, group: name }) => ({ ...item, group: name }));
  }
  return ranked;
}

/** In the order of a property; those that have no value are last. */
function sorted(
  ranked: readonly Ranked[],
  { property, descending }: NonNullable<SearchRequest['sort']>,
): readonly Ranked[] {
  const keyOf = ({ candidate }: Ranked) => {
    const value = candidate.properties[property.name];
    return value instanceof Date ? value.getTime() : value;
  };
  return ranked.toSorted((a, b) => {
    const [one, other] = [keyOf(a), keyOf(b)];
    if (one === undefined || one === null) return other === undefined || other === null ? 0 : 1;
    if (other === undefined || other === null) return -1;
    const order = one < other ? -1 : one > other ? 1 : 0;
    return descending ? -order : order;
  });
}

function timeOf(value: unknown): number | undefined {
  const time = value instanceof Date ? value.getTime() : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

function neededBy({ decay, group, sort }: SearchRequest): readonly Property[] {
  const needed = [decay?.property === '_created' ? undefined : decay?.property, group?.property, sort?.property];
  return [...new Map(needed.filter((one) => one !== undefined).map((one) => [one.name, one])).values()];
}

function hitOf({ candidate, why, group }: Ranked, values: Values, explain: boolean): Hit {
  return {
    id: candidate.id,
    score: candidate.score,
    ...(group === undefined ? {} : { group }),
    ...(explain ? { why } : {}),
    values,
  };
}

function page(hits: readonly Hit[], more: boolean, { bytes }: SearchRequest): Omit<Found, 'capped'> {
  const { rows, full } = withinBytes(hits, bytes, (hit, omittedBytes) => ({ ...hit, values: {}, omittedBytes }));
  return { hits: rows, more: more || full, full };
}
