/** Results as rows: the same on a terminal and in docs/performance.md. */
import { table } from '../cli/table.ts';
import type { Figure } from './measure/figure.ts';
import { type Bound, holds, type Measure, type Result } from './result.ts';

const head = ['measure', 'of', 'median', 'range', 'runs', 'ours is', 'goal', 'met'];

/** Four digits at most: more would claim a precision that no shared machine has. */
const number = (value: number) =>
  (value >= 100 ? Math.round(value) : Number(value.toPrecision(3))).toLocaleString('en');

const quantity = (value: number, unit: string) =>
  unit === 'times'
    ? `${number(value)} ×`
    : unit === 'ms' && value >= 10_000
      ? `${number(value / 1000)} s`
      : `${number(value)} ${unit}`;

function range({ range: given }: Figure, unit: string): string {
  if (!given) return '';
  return `${quantity(given.min, unit)} – ${quantity(given.max, unit)}`;
}

const bound = (given: Bound | undefined, unit: string) =>
  given === undefined
    ? ''
    : 'atMost' in given
      ? `≤ ${quantity(given.atMost, unit)}`
      : `≥ ${quantity(given.atLeast, unit)}`;

/** A row for our figure, and one for each peer's. */
function rows({ name, unit, ours, peers, ratio, goal }: Measure): string[][] {
  const row = (first: string, of: string, figure: Figure, key: string) => {
    const goalHere = goal?.[key];
    return [
      first,
      of,
      quantity(figure.median, unit),
      range(figure, unit),
      figure.range ? String(figure.range.runs) : '',
      ratio[key] === undefined ? '' : `${number(ratio[key])} × it`,
      bound(goalHere, key === 'ours' ? unit : 'times'),
      goalHere === undefined ? '' : holds(goalHere, key === 'ours' ? ours.median : ratio[key]) ? 'yes' : 'no',
    ];
  };
  return [
    row(name, 'ours', ours, 'ours'),
    ...Object.entries(peers).map(([peer, figure]) => row('', peer, figure, peer)),
  ];
}

const allRows = (result: Result) => result.measures.flatMap(rows);

/** For a terminal. */
export const resultTable = (result: Result): string =>
  `${table(head, allRows(result), [2, 3, 4, 5, 6])}\n${conditions(result)}`;

/** For a Markdown file. */
export function resultMarkdown(result: Result): string {
  const lines = [head, ['---', '---', '--:', '--:', '--:', '--:', '--:', '---'], ...allRows(result)];
  return `${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n\n${conditions(result)}`;
}

/** Where and with what it was measured. */
function conditions({ date, machine, versions }: Result): string {
  const { cpu, cores, memory, system, load, output } = machine;
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `Measured ${date.slice(0, 16).replace('T', ' ')} UTC on ${cores} × ${cpu}, ${memory}, ${system}; load before: ${load}; output to ${output}. Versions: ${programs.join(', ')}.`;
}
