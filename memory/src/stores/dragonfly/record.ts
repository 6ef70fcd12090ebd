import type { Attributes, Document, Key, Kind } from '../store.ts';

/** What the scripts answer for a document: the fields v, x, p, s, n, e, b of its hash; null where there is none. */
export type Fields = readonly (string | null)[];

type Entry = readonly [kind: Kind, id: string, order: number, attributes: Attributes];

type Listed = Pick<Document, 'kind' | 'id' | 'order' | 'attributes'>;

/** Names a document on the lists it stands in. */
export function entryOf({ kind, id, order, attributes }: Listed): string {
  return JSON.stringify([kind, id, order, attributes] satisfies Entry);
}

export function readEntry(entry: string): Listed {
  const [kind, id, order, attributes] = JSON.parse(entry) as Entry;
  return { kind, id, order, attributes };
}

/** The entry in two parts, between which the server puts the order. */
export function entryAround({ kind, id, attributes }: Pick<Document, 'kind' | 'id' | 'attributes'>): [string, string] {
  return [`${JSON.stringify([kind, id]).slice(0, -1)},`, `,${JSON.stringify(attributes)}]`];
}

/** Names a document among those of its tenant. */
export const memberOf = ({ kind, id }: Key): string => `${kind}:${id}`;

export function keyOfMember(member: string): Key {
  const colon = member.indexOf(':');
  return { kind: member.slice(0, colon) as Kind, id: member.slice(colon + 1) };
}

/** The number that `append` counts on from; kept apart from the body, so that the server can count without reading JSON. */
export function sequenceOf({ lastSequence }: Document['body']): string {
  return Number.isSafeInteger(lastSequence) ? String(lastSequence) : '';
}

export function documentOf([version, expires, pending, last, sequence, entry, json]: Fields): Document | undefined {
  if (version == null || entry == null || json == null) return undefined;
  const body = JSON.parse(json) as Record<string, unknown>;
  if (last) body.lastSequence = Number(last);
  if (sequence) body.sequence = Number(sequence);
  return {
    ...readEntry(entry),
    version: Number(version),
    expiresAt: expires ? Number(expires) : null,
    pending: pending === '1',
    body,
  };
}

export const lives = ({ expiresAt }: Document, now: number): boolean => expiresAt === null || expiresAt > now;
