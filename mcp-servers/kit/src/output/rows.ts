import type { Format } from '../tools/tool.ts';
import { cellOf } from './cells.ts';
import { neutralise, visible } from './neutralise.ts';

export type Row = Readonly<Record<string, unknown>>;

/** One way of writing rows: what stands above them, and a line for each. */
export interface Writer {
  readonly head: readonly string[];
  line(row: Row): string;
}

/** The columns of rows in the order in which they first appear. */
export function columnsOf(rows: readonly Row[]): readonly string[] {
  const names = new Set<string>();
  for (const row of rows) for (const name of Object.keys(row)) names.add(name);
  return [...names];
}

/** Writes rows as asked. All texts come out neutralised, names of columns too. */
export function writerOf(format: Format, columns: readonly string[]): Writer {
  const names = columns.map((name) => cellOf(name));
  const cells = (row: Row) => columns.map((name) => cellOf(row[name]));
  switch (format) {
    case 'table':
      return { head: [names.map(unpiped).join(' | ')], line: (row) => cells(row).map(unpiped).join(' | ') };
    case 'markdown':
      return {
        head: [`| ${names.map(unpiped).join(' | ')} |`, `|${' --- |'.repeat(Math.max(1, names.length))}`],
        line: (row) => `| ${cells(row).map(unpiped).join(' | ')} |`,
      };
    case 'csv':
      return { head: [names.map(quoted).join(',')], line: (row) => cells(row).map(quoted).join(',') };
    case 'ndjson':
      return { head: [], line: (row) => jsonOf(row, columns) };
  }
}

const unpiped = (cell: string) => cell.replaceAll('|', '\\|');

/** RFC 4180; a cell that a spreadsheet would take for a formula gets an apostrophe. */
function quoted(cell: string): string {
  const safe = /^[=+@]|^-(?![\d.])/.test(cell) ? `'${cell}` : cell;
  return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function jsonOf(row: Row, columns: readonly string[]): string {
  const shown = Object.fromEntries(
    columns.filter((name) => row[name] !== undefined).map((name) => [visible(name), row[name]]),
  );
  return neutralise(
    JSON.stringify(shown, (_key, value: unknown) => (typeof value === 'string' ? cellOf(value) : value)),
  );
}
