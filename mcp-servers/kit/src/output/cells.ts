import { neutralise } from './neutralise.ts';

/** Most characters of a cell; a longer one says how many it left out. The structured part has the whole value. */
const LONGEST = 300;

/** A value as one harmless line of text. Empty: null, or not there. */
export function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'string' ? value : value instanceof Date ? isoOf(value) : toText(value);
  return neutralise(shortened(text, LONGEST))
    .replace(/\s*\n\s*/g, ' ⏎ ')
    .replaceAll('\t', ' ');
}

/** The beginning of a long text, and how much was left out. */
export function shortened(text: string, longest: number): string {
  if (text.length <= longest) return text;
  return `${text.slice(0, longest).toWellFormed()}… (${text.length - longest} more characters)`;
}

const isoOf = (date: Date) => (Number.isNaN(date.getTime()) ? 'invalid date' : date.toISOString());

function toText(value: unknown): string {
  if (typeof value === 'object') return JSON.stringify(value) ?? '';
  return String(value);
}
