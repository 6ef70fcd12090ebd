import { randomBytes } from 'node:crypto';
import type { Answer, Block } from '../tools/tool.ts';
import { shortened } from './cells.ts';
import { cleaned, neutralise, visible } from './neutralise.ts';
import { columnsOf, type Row, writerOf } from './rows.ts';
import { atMostTokens, type CountTokens, tokenCounter } from './tokens.ts';
import type { Untrusted } from './untrusted.ts';

export interface Rendered {
  readonly text: string;
  /** Cut like the text, neutralised, not validated yet. */
  readonly structured: Readonly<Record<string, unknown>>;
  /** Rows that were left out of the first block of rows. */
  readonly omitted: number;
}

export interface RenderOptions {
  /** Most tokens (o200k_base) of the text; the structured part, which has more punctuation, may have twice as many. */
  readonly tokens: number;
  readonly cursorOf: (state: unknown) => string;
}

/** What the lines between the blocks may take. */
const FRAME_TOKENS = 80;

/** The two forms of an answer, both harmless, both within the budget, and both saying what was left out. */
export async function render(
  answer: Answer<Readonly<Record<string, unknown>>>,
  options: RenderOptions,
): Promise<Rendered> {
  const { rest } = answer;
  const all: ReadonlyMap<Block, number> = new Map();
  const first = answer.text.find((block) => block.kind === 'rows');
  const nextOf = (shown: number) =>
    rest !== undefined && (rest.more || shown < (first?.rows.length ?? 0))
      ? options.cursorOf(rest.after(shown))
      : undefined;

  const whole = assemble(answer, all, first, nextOf(first?.rows.length ?? 0));
  if (
    atMostTokens(whole.text) <= options.tokens &&
    (first === undefined || atMostTokens(JSON.stringify(first.rows)) <= options.tokens)
  ) {
    return whole;
  }
  const count = await tokenCounter();
  const shown = fitting(answer.text, options.tokens - FRAME_TOKENS, count);
  const next = nextOf(first === undefined ? 0 : (shown.get(first) ?? 0));
  const { text, structured, omitted } = assemble(answer, shown, first, next);
  return { text, structured: withinTokens(structured, options.tokens, count), omitted };
}

/** A single row may be longer than an answer: its texts are shortened until it fits. */
function withinTokens<Value extends object>(structured: Value, tokens: number, count: CountTokens): Value {
  let value: unknown = structured;
  for (let longest = 4 * tokens; longest >= 50 && count(JSON.stringify(value)) > 2 * tokens; longest = longest >> 1) {
    value = inUntrusted(structured, (rows) => cleaned(rows, (text) => shortened(text, longest)));
  }
  return value as Value;
}

/** The value with each list of untrusted rows as `change` makes it. */
function inUntrusted(value: unknown, change: (rows: unknown) => unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  if (isUntrusted(value)) return { ...value, rows: change(value.rows) };
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, inUntrusted(one, change)]));
}

type RowsBlock = Extract<Block, { kind: 'rows' }>;

/** How many rows of each block of rows, or characters of each other block, the budget has room for; in order. */
function fitting(blocks: readonly Block[], tokens: number, count: CountTokens): Map<Block, number> {
  const fit = new Map<Block, number>();
  let left = tokens;
  for (const block of blocks) {
    if (block.kind === 'rows') {
      const writer = writerOf(block.format ?? 'table', block.columns ?? columnsOf(block.rows));
      left -= count(writer.head.join('\n'));
      let rows = 0;
      for (const row of block.rows) {
        const cost = Math.max(count(writer.line(row)) + 1, count(JSON.stringify(row)) + 1);
        // One row at least, however long: the next call has to begin further on.
        if (cost > left && rows > 0) break;
        left -= cost;
        rows += 1;
        if (left <= 0) break;
      }
      fit.set(block, rows);
    } else {
      const characters = charactersWithin(block.text, Math.max(0, left), count);
      left -= count(block.text.slice(0, characters));
      fit.set(block, characters);
    }
  }
  return fit;
}

/** The longest beginning of a text that has at most so many tokens, to within some characters. */
function charactersWithin(text: string, tokens: number, count: CountTokens): number {
  if (atMostTokens(text) <= tokens || count(text) <= tokens) return text.length;
  let low = 0;
  let high = text.length;
  while (high - low > 16) {
    const middle = (low + high) >> 1;
    if (count(text.slice(0, middle)) <= tokens) low = middle;
    else high = middle;
  }
  return low;
}

function assemble(
  answer: Answer<Readonly<Record<string, unknown>>>,
  shown: ReadonlyMap<Block, number>,
  first: RowsBlock | undefined,
  cursor: string | undefined,
): Rendered {
  const fence = randomBytes(6).toString('hex');
  const parts = answer.text.map((block) => {
    const room = shown.get(block);
    if (block.kind === 'rows') {
      return rowsText(block, room ?? block.rows.length, fence, block === first ? cursor : undefined);
    }
    const text = room === undefined ? block.text : shortened(block.text, room);
    return block.kind === 'note' ? visible(text) : fenced(fence, block.source, neutralise(text));
  });
  const omitted = first === undefined ? 0 : first.rows.length - (shown.get(first) ?? first.rows.length);
  const cuts = new Map<unknown, Cut>();
  for (const block of answer.text) {
    if (block.kind === 'rows') {
      cuts.set(block.rows, {
        shown: shown.get(block) ?? block.rows.length,
        ...(block === first && cursor !== undefined && { cursor }),
      });
    }
  }
  return { text: parts.join('\n\n'), structured: structuredOf(answer.structured, cuts), omitted };
}

function rowsText(block: RowsBlock, shown: number, fence: string, cursor: string | undefined): string {
  const { rows, source, format = 'table' } = block;
  if (rows.length === 0) return `No rows from ${visible(source)}.`;
  const writer = writerOf(format, block.columns ?? columnsOf(rows));
  const lines = [...writer.head, ...rows.slice(0, shown).map((row: Row) => writer.line(row))];
  const parts = [fenced(fence, source, lines.join('\n'))];
  if (shown < rows.length) {
    parts.push(`Rows 1 to ${shown} of ${rows.length} are shown, to stay within the size of an answer.`);
  }
  if (cursor !== undefined) parts.push(`More rows: repeat the call with cursor ${JSON.stringify(cursor)}.`);
  else if (shown < rows.length) parts.push('Ask for fewer rows or fields to see the rest.');
  return parts.join('\n');
}

function fenced(id: string, source: string, text: string): string {
  const name = neutralise(source).replaceAll('"', "'").replaceAll('\n', ' ');
  return `<untrusted-data-${id} source="${name}">\n${text}\n</untrusted-data-${id}>`;
}

interface Cut {
  readonly shown: number;
  readonly cursor?: string;
}

/** The structured part: what is marked untrusted is neutralised and cut like its text; of the rest only what nobody sees goes. */
function structuredOf(
  value: Readonly<Record<string, unknown>>,
  cuts: ReadonlyMap<unknown, Cut>,
): Readonly<Record<string, unknown>> {
  const visit = (one: unknown): unknown => {
    if (typeof one === 'string') return visible(one);
    if (typeof one !== 'object' || one === null) return one;
    if (Array.isArray(one)) return one.map(visit);
    if (isUntrusted(one)) return harmless(one, cuts.get(one.rows));
    if (Object.getPrototypeOf(one) !== Object.prototype) return one;
    return Object.fromEntries(Object.entries(one).map(([key, item]) => [visible(key), visit(item)]));
  };
  return visit(value) as Readonly<Record<string, unknown>>;
}

function harmless(one: Untrusted<unknown>, cut: Cut | undefined): Untrusted<unknown> {
  const rows = cut === undefined || cut.shown >= one.rows.length ? one.rows : one.rows.slice(0, cut.shown);
  const omitted = one.rows.length - rows.length;
  return {
    ...one,
    source: visible(one.source),
    rows: cleaned(rows, neutralise) as readonly unknown[],
    ...(omitted > 0 && { omitted }),
    ...(cut?.cursor !== undefined && { cursor: cut.cursor }),
  };
}

function isUntrusted(value: object): value is Untrusted<unknown> {
  return 'trust' in value && value.trust === 'untrusted' && 'rows' in value && Array.isArray(value.rows);
}
