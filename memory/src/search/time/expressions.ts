/** Dates in a text, such as `yesterday`, `last May` or `13 October 2023`, as the intervals that they mean. */
import * as chrono from 'chrono-node';
import { day, type Interval } from './interval.ts';

const months = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];

/** Reading dates costs about a millisecond a text: a text without any of these has none. */
const hint = new RegExp(
  `\\b(?:yesterday|today|tonight|tomorrow|ago|last|next|this|past|(?:19|20)\\d\\d|\\d{1,2}(?:st|nd|rd|th)|(?:mon|tues|wednes|thurs|fri|satur|sun)day|${months.join('|')})\\b`,
  'i',
);
export const mayHaveDates = (text: string): boolean => hint.test(text);

const monthOf = new RegExp(`\\b(last|this|next) (${months.join('|')})\\b`, 'gi');
const bareYear = /\b(?:in|during|of|since|throughout|year) ((?:19|20)\d\d)\b/gi;

const monthInterval = (year: number, month: number): Interval => ({
  from: Date.UTC(year, month),
  to: Date.UTC(year, month + 1),
});
const yearInterval = (year: number): Interval => ({ from: Date.UTC(year, 0), to: Date.UTC(year + 1, 0) });

/**
 * The intervals that a text names, in UTC; what is relative (`yesterday`) is counted from `reference`. A date without a year may be of
 * the year of the reference and of those before and after it: each is an interval. Clock times say nothing here.
 */
export function intervalsIn(text: string, reference: number): Interval[] {
  if (!mayHaveDates(text)) return [];
  const found: Interval[] = [];
  const rest = text.replace(monthOf, (_, which: string, name: string) => {
    found.push(nearestMonth(which.toLowerCase(), months.indexOf(name.toLowerCase()), new Date(reference)));
    return ' ';
  });
  const results = chrono.en.casual.parse(rest, { instant: new Date(reference), timezone: 0 });
  for (const result of results) found.push(...meant(result));
  const named = results.map(({ index, text: words }) => [index, index + words.length] as const);
  for (const match of rest.matchAll(bareYear)) {
    const at = match.index + match[0].length - 1;
    if (!named.some(([from, to]) => at >= from && at < to)) found.push(yearInterval(Number(match[1])));
  }
  return found;
}

/** `last May` said in May is that of the year before; said in June, of this year. */
function nearestMonth(which: string, month: number, now: Date): Interval {
  const year = now.getUTCFullYear();
  if (which === 'last') return monthInterval(month < now.getUTCMonth() ? year : year - 1, month);
  if (which === 'next') return monthInterval(month > now.getUTCMonth() ? year : year + 1, month);
  return monthInterval(year, month);
}

function meant({ text, start, end }: chrono.ParsedResult): Interval[] {
  const from = span(text, start);
  if (!from) return [];
  const last = end ? span(text, end) : undefined;
  const interval = last && last.to > from.from ? { from: from.from, to: last.to } : from;
  if (start.isCertain('year') || start.isCertain('weekday') || !start.isCertain('month')) return [interval];
  return [-1, 0, 1].map((years) => shifted(interval, years));
}

function span(text: string, date: chrono.ParsedComponents): Interval | undefined {
  const year = date.get('year') ?? 0;
  const month = (date.get('month') ?? 1) - 1;
  const start = Date.UTC(year, month, date.get('day') ?? 1);
  if (/\bweeks?\b/i.test(text)) return { from: start - 3 * day, to: start + 4 * day };
  if (/\bweekend\b/i.test(text)) return { from: start - day, to: start + 2 * day };
  if (date.isCertain('day') || date.isCertain('weekday')) return { from: start, to: start + day };
  if (date.isCertain('month')) return monthInterval(year, month);
  return date.isCertain('year') ? yearInterval(year) : undefined;
}

function shifted({ from, to }: Interval, years: number): Interval {
  const move = (time: number) => {
    const date = new Date(time);
    return Date.UTC(date.getUTCFullYear() + years, date.getUTCMonth(), date.getUTCDate());
  };
  return { from: move(from), to: move(to) };
}
