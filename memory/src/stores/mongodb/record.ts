import { listsOf, sortablePlaceOf } from '../lists.ts';
import type { Attributes, Document, Key, Kind, OwnedDocument } from '../store.ts';

/** Milliseconds that a document outlives its expiry in the database: what clocks of replicas may differ by. */
const GRACE = 60_000;

/** What one commit makes of a document, as it lies in the database. */
export interface Content {
  readonly version: number;
  readonly attributes: Attributes;
  readonly order: number;
  readonly lists: readonly string[];
  readonly place: string;
  readonly expiresAt: number | null;
  /** By the database's own clock; a TTL index removes it from then on, once the search index has it. */
  readonly reapAt: Date | null;
  readonly pending: boolean;
  /** Milliseconds since 1970: when it was written. */
  readonly writtenAt: number;
  /** JSON as text: a name may hold dots, begin with `$`, or be empty. */
  readonly body: string;
}

export interface Stored extends Content {
  readonly _id: string;
  readonly tenant: string;
  readonly kind: Kind;
  readonly id: string;
  /** Names the commit that wrote it; only where the server has no transactions. */
  readonly batch?: string;
}

/** The key of a document. Nothing follows the id that it could be mistaken for. */
export function primaryKey(tenant: string, { kind, id }: Key): string {
  return `${tenant.replace(/[%:]/g, (character) => (character === '%' ? '%25' : '%3A'))}:${kind}:${id}`;
}

export function contentOf(document: Document, now: number): Content {
  const { id, version, attributes, order, expiresAt, pending, body } = document;
  return {
    version,
    attributes,
    order,
    lists: listsOf(document),
    place: sortablePlaceOf(order, id),
    expiresAt,
    reapAt: expiresAt === null ? null : new Date(Math.min(Date.now() + expiresAt - now + GRACE, 8.64e15)),
    pending,
    writtenAt: now,
    body: JSON.stringify(body),
  };
}

export function storedOf(tenant: string, document: Document, now: number): Stored {
  const { kind, id } = document;
  return { _id: primaryKey(tenant, document), tenant, kind, id, ...contentOf(document, now) };
}

export function documentOf(stored: Pick<Stored, 'kind' | 'id'> & Content): Document {
  const { kind, id, version, attributes, order, expiresAt, pending, body } = stored;
  return { kind, id, version, attributes, order, expiresAt, pending, body: JSON.parse(body) };
}

export const ownedDocumentOf = (stored: Stored): OwnedDocument => ({ ...documentOf(stored), tenant: stored.tenant });

export const lives = ({ expiresAt }: { readonly expiresAt: number | null }, now: number): boolean =>
  expiresAt === null || expiresAt > now;

/** Filters by what lives, or no longer does. */
export const living = (now: number) => ({ $or: [{ expiresAt: null }, { expiresAt: { $gt: now } }] });
export const expired = (now: number) => ({ expiresAt: { $ne: null, $lte: now } });
