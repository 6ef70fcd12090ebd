import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { grouped } from './groups.ts';
import { maximalMarginalRelevance } from './mmr.ts';
import { decayFactor } from './time-decay.ts';

const DAY = 86_400_000;

describe('decayFactor', () => {
  const now = Date.UTC(2026, 10, 23);
  const half = { halfLifeDays: 10, weight: 1, now };

  test('halves with each half-life', () => {
    expect([0, 10, 20, 30].map((days) => decayFactor(now - days * DAY, half))).toEqual([1, 0.5, 0.25, 0.125]);
  });

  test('leaves what does not fade', () => {
    expect(decayFactor(now - 10_000 * DAY, { ...half, weight: 0.3 })).toBeCloseTo(0.7, 10);
    expect(decayFactor(now - 10 * DAY, { ...half, weight: 0 })).toBe(1);
  });

  test('takes what has no date for old, and what is to come for new', () => {
    expect(decayFactor(undefined, { ...half, weight: 0.4 })).toBeCloseTo(0.6, 10);
    expect(decayFactor(now + 100 * DAY, half)).toBe(1);
  });
});

describe('maximalMarginalRelevance', () => {
  const east = { name: 'east', score: 1, vector: [1, 0] };
  const copy = { name: 'copy', score: 0.99, vector: [2, 0.01] };
  const north = { name: 'north', score: 0.5, vector: [0, 1] };
  const names = (items: readonly (typeof east)[], balance: number, most = 9) =>
    maximalMarginalRelevance(items, balance, most).map(({ item }) => item.name);

  test('puts a copy after what is different, as far as variety counts', () => {
    expect(names([east, copy, north], 0.5)).toEqual(['east', 'north', 'copy']);
    expect(names([east, copy, north], 1)).toEqual(['east', 'copy', 'north']);
    expect(names([east, copy, north], 0.5, 2)).toEqual(['east', 'north']);
  });

  test('says how much each repeats', () => {
    const [first, second] = maximalMarginalRelevance([east, copy], 0.5, 2);
    expect(first?.redundancy).toBe(0);
    expect(second?.redundancy).toBeCloseTo(1, 3);
  });

  test('takes what has no vector, or scores of nothing', () => {
    expect(maximalMarginalRelevance([{ score: 0 }, { score: 0 }], 0.5, 5)).toHaveLength(2);
    expect(maximalMarginalRelevance([], 0.5, 5)).toEqual([]);
  });

  test('chooses each once, and begins with the best where relevance counts at all', () => {
    const item = fc.record({
      score: fc.double({ min: 0, max: 100, noNaN: true }),
      vector: fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 3, maxLength: 3 }),
    });
    fc.assert(
      fc.property(
        fc.array(item, { maxLength: 20 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (items, balance) => {
          const chosen = maximalMarginalRelevance(items, balance, items.length).map((one) => one.item);
          expect(new Set(chosen)).toEqual(new Set(items));
          expect(chosen).toHaveLength(items.length);
          if (items.length > 0) expect(chosen[0]?.score).toBe(Math.max(...items.map(({ score }) => score)));
        },
      ),
    );
  });
});

describe('grouped', () => {
  const items = ['a1', 'b1', 'a2', 'c1', 'a3', 'b2'];
  const by = (item: string) => item[0];

  test('keeps the order of the best of each group, and the best of each', () => {
    const found = grouped(items, by, { groups: 2, perGroup: 2 });
    expect(found.map(({ item, group }) => `${group}:${item}`)).toEqual(['a:a1', 'a:a2', 'b:b1', 'b:b2']);
  });

  test('puts what has no value together', () => {
    expect(grouped(['x', 'y'], () => undefined, { groups: 5, perGroup: 5 }).map(({ group }) => group)).toEqual([
      '(none)',
      '(none)',
    ]);
  });
});
