/**
 * Lists for stores that cannot filter by any attribute at a bounded cost: each document stands in a few named lists of its tenant
 * and kind, at its place. A query reads the narrowest of them that holds all it asks for, and drops what it did not ask for.
 */
import type { Attributes, Document, Kind, ListQuery } from './store.ts';

type Attribute = keyof Attributes;

/** From the narrowest. `type` has too few values to be worth a list. */
const listed: readonly Attribute[] = ['sessionId', 'subjectId', 'agentId', 'status', 'namespace'];
/** Messages are many, and read by session, or by subject when one is forgotten. */
const listedOfMessages: readonly Attribute[] = ['sessionId', 'subjectId'];

const listedOf = (kind: Kind) => (kind === 'message' ? listedOfMessages : listed);

/** `memory`: all of a kind; `memory:sessionId=s1`: those of one session. */
function listName(kind: Kind, attribute?: Attribute, value?: string): string {
  return attribute === undefined ? kind : `${kind}:${attribute}=${value}`;
}

/** The lists that a document stands in. */
export function listsOf({ kind, attributes }: Pick<Document, 'kind' | 'attributes'>): readonly string[] {
  const narrow = listedOf(kind).filter((attribute) => attributes[attribute] !== undefined);
  return [listName(kind), ...narrow.map((attribute) => listName(kind, attribute, attributes[attribute]))];
}

/** The list that a query reads. */
export function narrowestList({ kind, where }: Pick<ListQuery, 'kind' | 'where'>): string {
  const attribute = listedOf(kind).find((attribute) => where[attribute] !== undefined);
  return attribute === undefined ? listName(kind) : listName(kind, attribute, where[attribute]);
}

export function matches(attributes: Attributes, where: Attributes): boolean {
  return (Object.keys(where) as Attribute[]).every(
    (attribute) => where[attribute] === undefined || attributes[attribute] === where[attribute],
  );
}

const DIGITS = 16;

/**
 * Where a document stands in a list: as text of which the bytes sort by order, then by id.
 * @throws RangeError where the order is not a whole number from 0 to 2^53 - 1
 */
export function placeOf(order: number, id: string): string {
  if (!Number.isSafeInteger(order) || order < 0) {
    throw new RangeError(`order ${order} is not a whole number from 0 to ${Number.MAX_SAFE_INTEGER}`);
  }
  return String(order).padStart(DIGITS, '0') + id;
}

/**
 * The same for databases that may compare text by UTF-16 units, where U+10000 and above come before U+E000: those are written
 * with U+FFFF in front, which nothing of the first plane comes after.
 */
export function sortablePlaceOf(order: number, id: string): string {
  const sortable = id.replace(/[\uffff\u{10000}-\u{10ffff}]/gu, (character) => {
    const above = (character.codePointAt(0) ?? 0) - 0xffff;
    return `\uffff${String.fromCharCode(above >> 11, above & 0x7ff)}`;
  });
  return placeOf(order, sortable);
}

/** The id of the document at a place of `placeOf`. */
export const idAt = (place: string): string => place.slice(DIGITS);
