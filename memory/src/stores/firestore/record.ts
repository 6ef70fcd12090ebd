import { createHash } from 'node:crypto';
import { Timestamp } from '@google-cloud/firestore';
import { listsOf, sortablePlaceOf } from '../lists.ts';
import type { Attributes, Document, Key, Kind, OwnedDocument } from '../store.ts';

/** Milliseconds that a document outlives its expiry in the database: what clocks of replicas may differ by. */
const GRACE = 60_000;
/** The last day that a Firestore timestamp can name. */
const END_OF_TIME = Date.UTC(9999, 11, 31);

/** A document as it lies in Firestore. */
export interface Stored {
  readonly tenant: string;
  readonly kind: Kind;
  readonly id: string;
  readonly version: number;
  readonly attributes: Attributes;
  readonly order: number;
  /** The lists it stands in, each with its tenant in front. */
  readonly lists: readonly string[];
  readonly place: string;
  readonly expiresAt: number | null;
  /** Milliseconds since 1970 when it was written, while the search index does not have it; else absent, and so not indexed. */
  readonly pendingSince?: number;
  /** What the TTL policy goes by, on the database's own clock; absent while it is pending, and for what never expires. */
  readonly expireAt?: Timestamp;
  /** What `expireAt` becomes when the search index has it. */
  readonly expireAtOnceSettled: Timestamp | null;
  /** JSON as text: Firestore knows no array in an array, and some names are its own. */
  readonly body: string;
}

/**
 * Name of the document. A hash, so that documents written one after the other do not lie beside each other, where one server of
 * Firestore would have to take all the writes; and any id can be named.
 */
export function nameOf(tenant: string, { kind, id }: Key): string {
  return createHash('sha256')
    .update(JSON.stringify([tenant, kind, id]))
    .digest('base64url');
}

export const listOf = (tenant: string, list: string): string => JSON.stringify([tenant, list]);

export function storedOf(tenant: string, document: Document, now: number): Stored {
  const { kind, id, version, attributes, order, expiresAt, pending, body } = document;
  const remaining = expiresAt === null ? undefined : Math.max(0, expiresAt - now);
  const expireAt = remaining === undefined ? null : timestamp(Date.now() + remaining + GRACE);
  return {
    tenant,
    kind,
    id,
    version,
    attributes,
    order,
    lists: listsOf(document).map((list) => listOf(tenant, list)),
    place: sortablePlaceOf(order, id),
    expiresAt,
    expireAtOnceSettled: expireAt,
    ...(pending ? { pendingSince: now } : {}),
    ...(!pending && expireAt ? { expireAt } : {}),
    body: JSON.stringify(body),
  };
}

const timestamp = (milliseconds: number) => Timestamp.fromMillis(Math.min(milliseconds, END_OF_TIME));

export function documentOf({ kind, id, version, attributes, order, expiresAt, pendingSince, body }: Stored): Document {
  const pending = pendingSince !== undefined;
  return { kind, id, version, attributes, order, expiresAt, pending, body: JSON.parse(body) };
}

export const ownedDocumentOf = (stored: Stored): OwnedDocument => ({ ...documentOf(stored), tenant: stored.tenant });

export const lives = ({ expiresAt }: { readonly expiresAt: number | null }, now: number): boolean =>
  expiresAt === null || expiresAt > now;
