/** Calendar days of a time zone. */

export interface Day {
  readonly year: number;
  /** From 1 to 12; other numbers run into the years before and after. */
  readonly month: number;
  /** From 1; other numbers run into the months before and after. */
  readonly day: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(timeZone: string): Intl.DateTimeFormat {
  const kept = formats.get(timeZone);
  if (kept) return kept;
  const created = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(timeZone, created);
  return created;
}

/** What to add to UTC to get the zone's time, in milliseconds. */
export function offset(instant: Date, timeZone: string): number {
  if (timeZone === 'UTC') return 0;
  const parts = format(timeZone).formatToParts(instant);
  const part = new Map<string, number>(parts.map(({ type, value }) => [type, Number(value)]));
  const get = (type: string) => part.get(type) ?? 0;
  const local = Date.UTC(get('year'), get('month') - 1, get('day'), get('hour'), get('minute'), get('second'));
  return local - Math.floor(instant.getTime() / 1000) * 1000;
}

/** The day of the zone in which an instant lies. */
export function dayOf(instant: Date, timeZone: string): Day & { readonly weekday: number } {
  const local = new Date(instant.getTime() + offset(instant, timeZone));
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    weekday: (local.getUTCDay() + 6) % 7,
  };
}

/** The instant at which a day begins in the zone. */
export function startOf({ year, month, day }: Day, timeZone: string): Date {
  const utc = Date.UTC(year, month - 1, day);
  const guess = utc - offset(new Date(utc), timeZone);
  return new Date(utc - offset(new Date(guess), timeZone));
}
