import * as z from 'zod';
import { type Line, Missing } from './source.ts';

const block = z.looseObject({
  trust: z.literal('untrusted'),
  source: z.string(),
  rows: z.array(z.record(z.string(), z.unknown())),
});

/** Longest text of one line; characters. */
const LONGEST = 2000;

/**
 * The data of another server's answer: the one member that it marks as from outside.
 * @throws {Missing} where the answer has another shape
 */
export function linesOf(structured: Readonly<Record<string, unknown>>, limit: number): Line[] {
  const found = Object.values(structured)
    .map((member) => block.safeParse(member))
    .find(({ success }) => success);
  if (found?.data === undefined) throw new Missing('its answer has no rows');
  const { source, rows } = found.data;
  return rows.slice(0, limit).flatMap((row) => {
    const text = textOf(row);
    return text === '' ? [] : [{ text, from: whereFrom(source, row) }];
  });
}

/** Names that begin with `_` are the server's own, such as a score. */
function textOf(row: Readonly<Record<string, unknown>>): string {
  const members = Object.entries(row).filter(([name, value]) => !name.startsWith('_') && isSaid(value));
  const [only] = members;
  const text =
    members.length === 1 && typeof only?.[1] === 'string'
      ? only[1]
      : members
          .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
          .join('; ');
  return cut(text);
}

const isSaid = (value: unknown) => value !== null && value !== undefined && value !== '';

export const cut = (text: string) => (text.length <= LONGEST ? text : `${text.slice(0, LONGEST).toWellFormed()}…`);

function whereFrom(source: string, row: Readonly<Record<string, unknown>>): string {
  const id = row._id;
  const named = typeof id === 'string' || typeof id === 'number' ? ` ${id}` : oid(id);
  return `${source}${named}`.slice(0, 300);
}

/** EJSON of an ObjectId. */
const oid = (id: unknown) =>
  typeof id === 'object' && id !== null && '$oid' in id && typeof id.$oid === 'string' ? ` ${id.$oid}` : '';
