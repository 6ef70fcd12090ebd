/** What the tools have in common: arguments, answers with rows, and where they go on. */
import { hash } from 'node:crypto';
import { type Answer, asUntrusted, type Block, type Call, ToolRefusal, untrusted } from '@ai-orchestra/mcp-kit';
import * as z from 'zod';
import type { Read, Reader, Row } from '../run/reader.ts';

/** Scope of every tool: all of them read. */
export const scope = 'mongodb:read';
export const annotations = { readOnly: true } as const;

export const collectionName = () => z.string().min(1).max(255).describe('Name of the collection');
export const format = () =>
  z.enum(['table', 'markdown', 'csv', 'ndjson']).default('table').describe('Form of the rows in the text');
export const cursor = () =>
  z.string().max(20_000).optional().describe('From the answer before, with the same other arguments');

/** Rows as relaxed Extended JSON. */
export const rowsSchema = () => untrusted('MongoDB', z.looseObject({}));

/** Where a call begins, by its cursor. */
export interface Page {
  readonly skip: number;
  /** State of the cursor behind so many rows more. */
  after(rows: number): unknown;
}

const pageState = z.strictObject({ skip: z.int().min(0), of: z.string() });

/** @throws ToolRefusal `cursor` where it is of a call with other arguments */
export function pageOf(args: Readonly<Record<string, unknown>>, call: Pick<Call, 'stateOf'>): Page {
  const { cursor: given, ...others } = args;
  const of = hash('sha256', JSON.stringify(others), 'base64url').slice(0, 22);
  const state = given === undefined ? { skip: 0, of } : pageState.parse(call.stateOf(String(given)));
  if (state.of !== of)
    throw new ToolRefusal(
      'cursor',
      'The cursor is of a call with other arguments.',
      'Repeat the arguments of the call that gave it.',
    );
  return { skip: state.skip, after: (rows) => ({ skip: state.skip + rows, of }) };
}

/** An answer with rows, in both forms. */
export function rowsAnswer<Other extends Readonly<Record<string, unknown>>>(
  { rows, more, cutByBytes }: Pick<Read, 'rows' | 'more' | 'cutByBytes'>,
  options: {
    readonly source: string;
    readonly format: z.output<ReturnType<typeof format>>;
    /** Not there: the rows cannot be gone on with. */
    readonly page?: Page;
    readonly other: Other;
    readonly before?: readonly Block[];
    readonly columns?: readonly string[];
  },
): Answer<Other & { readonly rows: { trust: 'untrusted'; source: string; rows: Row[] } }> {
  const { source, page, other, before = [], columns } = options;
  return {
    kind: 'answer',
    structured: { ...other, rows: asUntrusted(source, rows) },
    text: [
      ...before,
      { kind: 'rows', rows, source, format: options.format, ...(columns && { columns }) },
      ...(cutByBytes
        ? [{ kind: 'note' as const, text: 'The answer ends here as it has as many bytes as may be read at once.' }]
        : []),
    ],
    ...(page && { rest: { more, after: page.after } }),
    counts: { documents: rows.length },
  };
}

export const sourceOf = (reader: Reader, collection: string): string =>
  `mongodb: ${reader.database.name}.${collection}`;

/** Names of collections that begin so, for completion. */
export const completeCollection =
  (reader: Reader) =>
  async (start: string, { caller }: Pick<Call, 'caller'>): Promise<readonly string[]> =>
    (await reader.sight(caller)).view.collections.map(({ name }) => name).filter((name) => name.startsWith(start));

/** Paths of fields of every collection that begin so, for completion. */
export const completeField =
  (reader: Reader) =>
  async (start: string, { caller }: Pick<Call, 'caller'>): Promise<readonly string[]> => {
    const { entities } = (await reader.sight(caller)).view.catalogue;
    const paths = new Set(entities.flatMap(({ fields }) => fields.map(({ path }) => path)));
    return [...paths].filter((path) => path.startsWith(start)).toSorted();
  };
