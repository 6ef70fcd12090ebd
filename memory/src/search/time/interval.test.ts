import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bestFit, day, fit, type Interval } from './interval.ts';

const date = (from: number, days = 1): Interval => ({ from: from * day, to: (from + days) * day });

describe('fit', () => {
  test('is best on the day asked for', () => {
    expect(fit(date(100), date(100))).toBe(1);
  });

  test('falls with the distance, is better for what is told later than earlier, and ends', () => {
    const later = [101, 103, 106].map((told) => fit(date(100), date(told)));
    expect(later).toEqual(later.toSorted((a, b) => b - a));
    expect(fit(date(100), date(103))).toBeGreaterThan(fit(date(100), date(97)));
    expect(fit(date(100), date(97))).toBeGreaterThan(0);
    expect(fit(date(100), date(120))).toBe(0);
  });

  test('says less the longer the time that is asked for', () => {
    expect(fit(date(0, 30), date(10))).toBeGreaterThan(fit(date(0, 365), date(10)));
  });

  test('says less where what is told is vaguer than what is asked for', () => {
    expect(fit(date(100), date(0, 365))).toBeLessThan(fit(date(100), date(100)));
  });

  test('is from 0 to 1', () => {
    const interval = fc.tuple(fc.nat(1000), fc.integer({ min: 1, max: 800 })).map(([from, days]) => date(from, days));
    fc.assert(
      fc.property(interval, interval, (asked, told) => {
        expect(fit(asked, told)).toBeGreaterThanOrEqual(0);
        expect(fit(asked, told)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

test('of several times the best pair counts, and none is 0', () => {
  expect(bestFit([date(5), date(100)], [date(300), date(100)])).toBe(1);
  expect(bestFit([], [date(1)])).toBe(0);
});
