import { describe, expect, it } from 'vitest';
import { findPeriods, isoDay, slashDay, yearPeriod } from './dates.ts';

/** A Sunday. */
const clock = { now: new Date('2026-11-22T12:00:00Z'), timeZone: 'UTC' };

function period(text: string, other: Partial<typeof clock & { weekStart: number }> = {}) {
  const [found, ...others] = findPeriods(text, { ...clock, ...other });
  if (!found || others.length > 0) throw new Error(`${others.length + (found ? 1 : 0)} times in '${text}'`);
  return found;
}

const days = (text: string, other = {}) => {
  const { first, last } = period(text, other).days;
  return [isoDay(first), isoDay(last)];
};

describe('findPeriods', () => {
  it.each([
    ['created this week', '2026-11-16', '2026-11-22'],
    ['created last week', '2026-11-09', '2026-11-15'],
    ['this month', '2026-11-01', '2026-11-30'],
    ['last month', '2026-10-01', '2026-10-31'],
    ['last quarter', '2026-07-01', '2026-09-30'],
    ['this year', '2026-01-01', '2026-12-31'],
    ['yesterday', '2026-11-21', '2026-11-21'],
    ['tokens spent in May', '2026-05-01', '2026-05-31'],
    ['in December', '2025-12-01', '2025-12-31'],
    ['in February 2024', '2024-02-01', '2024-02-29'],
    ['in Q1 2024', '2024-01-01', '2024-03-31'],
    ['before 2002-06-21', '2002-06-21', '2002-06-21'],
    ['on 08/30/2015', '2015-08-30', '2015-08-30'],
    ['after the 7th of September, 1987', '1987-09-07', '1987-09-07'],
    ['after June 21, 2002', '2002-06-21', '2002-06-21'],
  ])('%s', (text, first, last) => {
    expect(days(text)).toEqual([first, last]);
  });

  it('begins a week on the day that is set', () => {
    expect(days('this week', { weekStart: 6 })).toEqual(['2026-11-22', '2026-11-28']);
    expect(period('this week').assumption).toBe('a week begins on Monday');
  });

  it('takes the last days as time before now, and not as calendar days', () => {
    const found = period('in the last 7 days');
    expect([found.start, found.end, found.instant]).toEqual([new Date('2026-11-15T12:00:00Z'), clock.now, true]);
    expect(period('in the past 24 hours').start).toEqual(new Date('2026-11-21T12:00:00Z'));
  });

  it('takes what has no year as the most recent one, and says so', () => {
    expect(period('in May').assumption).toBe('"May" is read as the most recent one, of 2026');
    expect(days('since Monday')).toEqual(['2026-11-16', '2026-11-16']);
  });

  it('says which of two readings a date has', () => {
    expect(period('on 03/04/2015').assumption).toContain('month/day/year');
    expect(days('on 30/08/2015')).toEqual(['2015-08-30', '2015-08-30']);
  });

  it('begins days where the time zone does, across a change of its clocks', () => {
    const berlin = { now: new Date('2026-03-29T12:00:00Z'), timeZone: 'Europe/Berlin' };
    expect(period('today', berlin)).toMatchObject({
      start: new Date('2026-03-28T23:00:00Z'),
      end: new Date('2026-03-29T22:00:00Z'),
    });
  });

  it('finds no time in words that only look like one', () => {
    for (const text of ['the top 5 users', 'agents that may fail', '3 credits', 'students in the second row'])
      expect(findPeriods(text, clock)).toEqual([]);
  });
});

it('writes days as text fields hold them', () => {
  const { first } = yearPeriod(2015, clock).days;
  expect([isoDay(first), slashDay(first)]).toEqual(['2015-01-01', '01/01/2015']);
});
