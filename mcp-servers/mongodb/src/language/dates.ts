/** Times in a question: calendar periods by the rules stated here, points in time by chrono-node. */
import type { ParsedComponents } from 'chrono-node';
import * as chrono from 'chrono-node/en';
import { type Day, dayOf, offset, startOf } from './zone.ts';

/** A period: `end` is the first instant after it. */
export interface Period {
  readonly start: Date;
  readonly end: Date;
  /** Days as they were said, for fields that hold days and not instants. */
  readonly days: { readonly first: Day; readonly last: Day };
  /** An instant, such as "5 minutes ago", not a calendar period. */
  readonly instant: boolean;
  /** How the words were read; absent where they leave nothing open. */
  readonly assumption?: string;
}

export interface FoundPeriod extends Period {
  readonly from: number;
  readonly to: number;
}

/** How dates are read. */
export interface Clock {
  readonly now: Date;
  /** IANA name. */
  readonly timeZone: string;
  /** First day of a week: 0 for Monday, 6 for Sunday. @default 0, as ISO 8601 has it */
  readonly weekStart?: number;
}

const months = 'january|february|march|april|may|june|july|august|september|october|november|december';
const monthNames = months.split('|');
const short = 'jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec';
const counts: Readonly<Record<string, number>> = {
  a: 1,
  an: 1,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  twelve: 12,
};

/** Without one of these no time is in a question, and no parser is asked. */
const hint = new RegExp(
  `\\b(?:${months}|${short}|today|yesterday|tomorrow|tonight|now|ago|(?:this|last|past|previous|next|current|recent)\\s|since|mon|tue|wed|thu|fri|sat|sun|q[1-4])|\\d[-/.]\\d|(?:day|morning|noon|evening|night)\\b`,
  'i',
);

const count = `(\\d+|${Object.keys(counts).join('|')})`;
const unit = '(minute|hour|day|week|month|quarter|year)s?';
const relative = new RegExp(
  `\\b(?:in |over |during |within )?(?:the )?(?:last|past|previous) ${count} ${unit}\\b`,
  'gi',
);
const calendar = new RegExp(`\\b(this|current|last|previous|past) (day|week|month|quarter|year|${months})\\b`, 'gi');
const month = new RegExp(
  `\\b(?:(?:in|of|during|for|since|before|after|from|by|until|to|and|between)\\s+)(${months})(?:\\s+(?:of\\s+)?(\\d{4}))?\\b(?!\\s+\\d)`,
  'gi',
);
const quarter = /\bq([1-4])(?:\s+(?:of\s+)?(\d{4}))?\b/gi;
const named = /\b(today|yesterday|tomorrow)\b/gi;
const numeric = /\b(?:(\d{4})-(\d{2})-(\d{2})(?![\dT])|(\d{1,2})\/(\d{1,2})\/(\d{4}))\b/g;

/** All times in a text, in order, none over another. */
export function findPeriods(text: string, clock: Clock): FoundPeriod[] {
  if (!hint.test(text)) return [];
  const found: FoundPeriod[] = [];
  const add = (from: number, to: number, period: Period | undefined) => {
    if (period && !found.some((other) => from < other.to && other.from < to)) found.push({ from, to, ...period });
  };
  for (const match of text.matchAll(relative))
    add(match.index, match.index + match[0].length, lastUnits(match[1] ?? '', match[2] ?? '', clock));
  for (const match of text.matchAll(calendar))
    add(match.index, match.index + match[0].length, calendarPeriod(match[1] ?? '', match[2] ?? '', clock));
  for (const match of text.matchAll(quarter))
    add(match.index, match.index + match[0].length, quarterPeriod(Number(match[1]), match[2], clock));
  for (const match of text.matchAll(numeric))
    add(match.index, match.index + match[0].length, numericDay(match.slice(1), clock));
  const points = parsed(text, clock);
  for (const point of points) if (point.exact) add(point.from, point.to, point);
  for (const match of text.matchAll(month)) {
    const from = match.index + match[0].toLowerCase().indexOf((match[1] ?? '').toLowerCase());
    add(from, match.index + match[0].length, monthPeriod(match[1] ?? '', match[2], clock));
  }
  for (const match of text.matchAll(named))
    add(match.index, match.index + match[0].length, dayPeriod(match[1] ?? '', clock));
  for (const point of points) add(point.from, point.to, point);
  return found.toSorted((a, b) => a.from - b.from);
}

/** The calendar year, as a period. */
export const yearPeriod = (year: number, clock: Clock): Period =>
  days({ year, month: 1, day: 1 }, { year: year + 1, month: 1, day: 1 }, clock);

/** What chrono-node finds; `exact` where the day was said. */
function parsed(text: string, clock: Clock): (FoundPeriod & { readonly exact: boolean })[] {
  const timezone = offset(clock.now, clock.timeZone) / 60_000;
  return chrono.casual.parse(text, { instant: clock.now, timezone }).flatMap(({ index, text: words, start, end }) => {
    if (/^(?:now|may|mar|sun|sat|mon|second|at \d+|\d+)$/i.test(words)) return [];
    const from = index;
    const to = index + words.length;
    if (start.isCertain('hour')) {
      const at = start.date();
      const until = end?.date() ?? at;
      const day = normal(dayOf(at, clock.timeZone));
      return [
        {
          from,
          to,
          start: at,
          end: until,
          days: { first: day, last: normal(dayOf(until, clock.timeZone)) },
          instant: true,
          exact: false,
        },
      ];
    }
    if (!start.isCertain('day') && !start.isCertain('weekday') && !start.isCertain('month')) return [];
    const first = dayParts(start, clock, !start.isCertain('year'));
    const last = end ? dayParts(end, clock, !end.isCertain('year')) : first;
    const whole = end === null || end === undefined ? start.isCertain('day') || start.isCertain('weekday') : true;
    const until = whole ? { ...last, day: last.day + 1 } : { ...last, month: last.month + 1, day: 1 };
    const begin = whole ? first : { ...first, day: 1 };
    const assumption = start.isCertain('year')
      ? undefined
      : `"${words}" is read as the most recent one, ${isoDay(first)}`;
    return [
      { from, to, exact: start.isCertain('day') && start.isCertain('month'), ...days(begin, until, clock, assumption) },
    ];
  });
}

/** What has no year, or is a weekday, is the most recent one, as records lie in the past. */
function dayParts(parts: ParsedComponents, clock: Clock, open: boolean): Day {
  const day = { year: parts.get('year') ?? 1970, month: parts.get('month') ?? 1, day: parts.get('day') ?? 1 };
  if (!open || startOf(day, clock.timeZone) <= clock.now) return day;
  return parts.isCertain('weekday') && !parts.isCertain('day')
    ? normal({ ...day, day: day.day - 7 })
    : { ...day, year: day.year - 1 };
}

function lastUnits(amount: string, name: string, clock: Clock): Period {
  const many = counts[amount.toLowerCase()] ?? Number(amount);
  const { now, timeZone } = clock;
  const unit = name.toLowerCase();
  if (unit === 'minute' || unit === 'hour') {
    const start = new Date(now.getTime() - many * (unit === 'hour' ? 3_600_000 : 60_000));
    return {
      start,
      end: now,
      days: { first: normal(dayOf(start, timeZone)), last: normal(dayOf(now, timeZone)) },
      instant: true,
    };
  }
  const local = offset(now, timeZone);
  const back = new Date(now.getTime() + local);
  if (unit === 'day') back.setUTCDate(back.getUTCDate() - many);
  else if (unit === 'week') back.setUTCDate(back.getUTCDate() - 7 * many);
  else back.setUTCMonth(back.getUTCMonth() - many * (unit === 'year' ? 12 : unit === 'quarter' ? 3 : 1));
  const start = new Date(back.getTime() - local);
  const first = normal(dayOf(start, timeZone));
  return {
    start,
    end: now,
    days: { first, last: normal(dayOf(now, timeZone)) },
    instant: true,
    assumption: `the last ${many} ${unit}s are the time from ${start.toISOString()} to now`,
  };
}

function calendarPeriod(which: string, name: string, clock: Clock): Period {
  const unit = name.toLowerCase();
  const back = /^(?:this|current)$/i.test(which) ? 0 : 1;
  const today = dayOf(clock.now, clock.timeZone);
  const index = monthNames.indexOf(unit);
  if (index >= 0) {
    const passed = index + 1 < today.month || (index + 1 === today.month && back === 0);
    return wholeMonth(passed ? today.year : today.year - 1, index + 1, clock);
  }
  if (unit === 'day') return days({ ...today, day: today.day - back }, { ...today, day: today.day - back + 1 }, clock);
  if (unit === 'week') {
    const first = clock.weekStart ?? 0;
    const since = ((today.weekday - first + 7) % 7) + 7 * back;
    const start = { ...today, day: today.day - since };
    const name = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'][first];
    return days(start, { ...start, day: start.day + 7 }, clock, `a week begins on ${name}`);
  }
  if (unit === 'month') return wholeMonth(today.year, today.month - back, clock);
  if (unit === 'quarter') {
    const start = Math.floor((today.month - 1) / 3) * 3 + 1 - 3 * back;
    return days({ year: today.year, month: start, day: 1 }, { year: today.year, month: start + 3, day: 1 }, clock);
  }
  return yearPeriod(today.year - back, clock);
}

function quarterPeriod(number: number, year: string | undefined, clock: Clock): Period {
  const today = dayOf(clock.now, clock.timeZone);
  const start = (number - 1) * 3 + 1;
  const of = year === undefined ? (start > today.month ? today.year - 1 : today.year) : Number(year);
  const assumption = year === undefined ? `Q${number} is read as the most recent one, of ${of}` : undefined;
  return days({ year: of, month: start, day: 1 }, { year: of, month: start + 3, day: 1 }, clock, assumption);
}

function monthPeriod(name: string, year: string | undefined, clock: Clock): Period {
  const today = dayOf(clock.now, clock.timeZone);
  const number = monthNames.indexOf(name.toLowerCase()) + 1;
  if (year !== undefined) return wholeMonth(Number(year), number, clock);
  const of = number > today.month ? today.year - 1 : today.year;
  return wholeMonth(of, number, clock, `"${name}" is read as the most recent one, of ${of}`);
}

const wholeMonth = (year: number, month: number, clock: Clock, assumption?: string) =>
  days({ year, month, day: 1 }, { year, month: month + 1, day: 1 }, clock, assumption);

function dayPeriod(name: string, clock: Clock): Period {
  const today = dayOf(clock.now, clock.timeZone);
  const add = { today: 0, yesterday: -1, tomorrow: 1 }[name.toLowerCase()] ?? 0;
  return days({ ...today, day: today.day + add }, { ...today, day: today.day + add + 1 }, clock);
}

/** 2015-08-30, or 08/30/2015 with the month first unless only the other order exists. */
function numericDay(groups: readonly (string | undefined)[], clock: Clock): Period | undefined {
  const [year, month, date, first, second, slashYear] = groups.map(Number);
  const monthFirst = (first ?? 0) <= 12;
  const day =
    groups[0] !== undefined
      ? { year: year ?? 0, month: month ?? 0, day: date ?? 0 }
      : { year: slashYear ?? 0, month: (monthFirst ? first : second) ?? 0, day: (monthFirst ? second : first) ?? 0 };
  if (day.month < 1 || day.month > 12 || day.day < 1 || day.day > 31) return undefined;
  const open = groups[0] === undefined && (first ?? 0) <= 12 && (second ?? 0) <= 12 && first !== second;
  return days(
    day,
    { ...day, day: day.day + 1 },
    clock,
    open ? `${first}/${second}/${slashYear} is read as month/day/year` : undefined,
  );
}

function days(first: Day, after: Day, clock: Clock, assumption?: string): Period {
  return {
    start: startOf(first, clock.timeZone),
    end: startOf(after, clock.timeZone),
    days: { first: normal(first), last: normal({ ...after, day: after.day - 1 }) },
    instant: false,
    ...(assumption !== undefined && { assumption }),
  };
}

function normal({ year, month, day }: Day): Day {
  const date = new Date(Date.UTC(year, month - 1, day));
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

const two = (number: number) => String(number).padStart(2, '0');

/** 2026-05-01. */
export const isoDay = ({ year, month, day }: Day) => `${year}-${two(month)}-${two(day)}`;

/** 05/01/2026. */
export const slashDay = ({ year, month, day }: Day) => `${two(month)}/${two(day)}/${year}`;
