/** Cursors of searches: a search goes on only as it began. */
import { hash } from 'node:crypto';
import { type Call, ToolRefusal } from '@ai-orchestra/mcp-kit';
import * as z from 'zod';

/** Weaviate finds a page by counting all before it. */
const DEEPEST = 1000;

const page = z.strictObject({ arguments: z.string(), offset: z.int().min(0).max(DEEPEST), now: z.number() });

export const cursorArgument = z.string().max(2000).optional().describe('Of the answer before, with the same arguments');

export interface Page {
  readonly offset: number;
  /** When the search began: age is counted from there on every page. */
  readonly now: number;
  after(shown: number): unknown;
}

/** Where a search is to go on. @throws {ToolRefusal} `cursor` where it began with other arguments, or is too far down */
export function pageOf(
  given: Readonly<Record<string, unknown>> & { readonly cursor?: string | undefined },
  call: Call,
): Page {
  const { cursor, ...asked } = given;
  const digest = hash('sha256', JSON.stringify(sorted(asked)), 'base64url');
  const state = cursor === undefined ? { arguments: digest, offset: 0, now: call.now() } : opened(call.stateOf(cursor));
  if (state.arguments !== digest) {
    throw new ToolRefusal(
      'cursor',
      'The cursor is of a search with other arguments.',
      'Repeat the arguments of that search with it, or leave the cursor out to search anew.',
    );
  }
  const { offset, now } = state;
  return { offset, now, after: (shown) => ({ arguments: digest, offset: offset + shown, now }) };
}

function opened(state: unknown): z.output<typeof page> {
  const parsed = page.safeParse(state);
  if (parsed.success) return parsed.data;
  throw new ToolRefusal(
    'cursor',
    `The cursor leads further down than the first ${DEEPEST} results.`,
    'Search with narrower words or filters.',
  );
}

/** The same arguments in any order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}
