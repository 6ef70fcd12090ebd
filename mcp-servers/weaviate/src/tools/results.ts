/** Results as callers get them, in both forms. */
import { type Answer, asUntrusted, type Block, untrusted } from '@ai-orchestra/mcp-kit';
import * as z from 'zod';
import type { Visible } from '../policy/visible.ts';
import type { Found, Hit } from '../search/search.ts';

/** Names that begin with `_` are the server's; the others are the collection's properties. */
export const resultRow = z.looseObject({ _id: z.string(), _score: z.number() });
export const resultsOf = untrusted('Weaviate', resultRow);

export const searchOutput = z.object({
  collection: z.string(),
  searched: z.string().describe('How: the mode in the end'),
  notes: z.array(z.string()).describe('What the caller should know of how it was done'),
  rows: resultsOf,
});

export const sourceOf = ({ name }: Pick<Visible, 'name'>) => `weaviate: ${name}`;

export function rowOf({ id, score, group, why, values, omittedBytes }: Hit): z.output<typeof resultRow> {
  return {
    ...values,
    _id: id,
    _score: rounded(score),
    ...(group !== undefined && { _group: group }),
    ...(why !== undefined && { _why: numbersRounded(why) }),
    ...(omittedBytes !== undefined && { _omitted: `${omittedBytes} bytes, more than an answer may be made from` }),
  };
}

interface Outcome {
  readonly visible: Visible;
  readonly searched: string;
  readonly notes: readonly string[];
  readonly found: Found;
  /** State of a cursor that begins after so many of these. */
  readonly after: (shown: number) => unknown;
}

export function answerOf({
  visible,
  searched,
  notes: own,
  found,
  after,
}: Outcome): Answer<z.output<typeof searchOutput>> {
  const source = sourceOf(visible);
  const marked = asUntrusted(source, found.hits.map(rowOf));
  const notes = [...own, ...notesOf(found)];
  const text: Block[] = [
    ...notes.map((note) => ({ kind: 'note' as const, text: note })),
    { kind: 'rows', rows: marked.rows, source, columns: columnsOf(marked.rows) },
  ];
  return {
    kind: 'answer',
    structured: { collection: visible.name, searched, notes, rows: marked },
    text,
    rest: { more: found.more, after },
    counts: { objects: found.hits.length },
  };
}

function notesOf({ pool, full, capped, hits }: Found): readonly string[] {
  return [
    ...(pool === undefined ? [] : [`Ranked anew: the best ${pool} of Weaviate's results.`]),
    ...(full
      ? ['The next results did not fit into the bytes of one answer; a cursor or fewer properties give them.']
      : []),
    ...(capped && !full ? ['A hybrid search goes no further down: narrow it with a filter or other words.'] : []),
    ...(hits.some(({ omittedBytes }) => omittedBytes !== undefined)
      ? ['An object was too large to be shown: ask for fewer of its properties.']
      : []),
  ];
}

/** What tells results apart comes first, long texts after it. */
function columnsOf(rows: readonly Readonly<Record<string, unknown>>[]): readonly string[] {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const first = ['_id', '_score', '_group'].filter((name) => names.includes(name));
  return [...first, ...names.filter((name) => !first.includes(name))];
}

const rounded = (value: number) => Number(value.toPrecision(6));

const numbersRounded = (why: NonNullable<Hit['why']>) =>
  Object.fromEntries(
    Object.entries(why).map(([name, value]) => [name, typeof value === 'number' ? rounded(value) : value] as const),
  );
