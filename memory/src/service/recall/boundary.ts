import type { IndexFilter } from '../../stores/search-index.ts';
import type { Document, Tier } from '../../stores/store.ts';
import { memoryDocument } from '../records/memory.ts';
import type { Asked } from './question.ts';

/**
 * Whether a document that was read back may be shown: the filter is applied to what the store has, never to what the index
 * believes. Tenant and expiry were applied by the store itself.
 */
export function mayShow({ filter, tags, asOf, now }: Asked, document: Document, tier: Tier): boolean {
  const { attributes, body, kind } = document;
  const at = Number(body.at);
  return (
    among(filter.namespaces, attributes.namespace) &&
    among(filter.subjectIds, attributes.subjectId) &&
    among(filter.sessionIds, attributes.sessionId) &&
    among(filter.agentIds, attributes.agentId) &&
    among(filter.types, attributes.type) &&
    among(filter.tiers, tier) &&
    (filter.from === undefined || at >= filter.from) &&
    (filter.to === undefined || at < filter.to) &&
    (kind === 'message'
      ? attributes.status !== 'quarantined' && tags.length === 0 && (asOf === undefined || at <= asOf)
      : holds(document, tags, asOf, now))
  );
}

/** Active and true now; or recorded, not superseded and true at the instant asked for. */
function holds(document: Document, tags: readonly string[], asOf: number | undefined, now: number): boolean {
  const { attributes, body } = memoryDocument(document);
  if (attributes.status === 'quarantined' || !tags.every((tag) => body.tags.includes(tag))) return false;
  if (asOf === undefined) return attributes.status !== 'superseded' && (body.validTo === null || body.validTo > now);
  const superseded = body.supersededAt !== undefined && body.supersededAt <= asOf;
  return (
    body.createdAt <= asOf && !superseded && body.validFrom <= asOf && (body.validTo === null || body.validTo > asOf)
  );
}

/** Whether the index would find a document that it does not have yet. */
export function passes(filter: IndexFilter, document: Document, tier: Tier): boolean {
  const { attributes } = document;
  return (
    among(filter.namespaces, attributes.namespace) &&
    among(filter.subjectIds, attributes.subjectId) &&
    among(filter.sessionIds, attributes.sessionId) &&
    among(filter.types, attributes.type) &&
    among(filter.tiers, tier)
  );
}

function among(values: readonly string[] | undefined, value: string | undefined): boolean {
  return values === undefined || (value !== undefined && values.includes(value));
}
