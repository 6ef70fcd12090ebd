import { describe, expect, test } from 'vitest';
import { figure } from './measure/figure.ts';
import { measure } from './result.ts';

const given = (median: number) => ({ median });

describe('measure', () => {
  test('divides our figure by each peer', () => {
    const { ratio, met } = measure({ name: 'm', unit: 'ms', ours: given(50), peers: { helm: given(100) } });
    expect(ratio).toEqual({ helm: 0.5 });
    expect(met).toBeUndefined();
  });

  test('meets its goal only where every bound holds', () => {
    const goal = { helm: { atMost: 0.5 }, ours: { atMost: 40 } };
    const met = (ours: number) =>
      measure({ name: 'm', unit: 'ms', ours: given(ours), peers: { helm: given(100) }, goal }).met;
    expect(met(40)).toBe(true);
    expect(met(45)).toBe(false);
    expect(met(60)).toBe(false);
  });

  test('does not meet a goal that was not measured', () => {
    const goal = { helm: { atLeast: 2 } };
    expect(measure({ name: 'm', unit: 'ms', ours: given(1), peers: {}, goal }).met).toBe(false);
  });
});

describe('figure', () => {
  test.each([
    [[3, 1, 2], 2],
    [[4, 1, 2, 3], 2.5],
    [[7], 7],
  ])('takes the median of %j', (runs, median) => {
    expect(figure(runs).median).toBe(median);
  });

  test('says how far the runs lie apart', () => {
    expect(figure([3, 1, 2]).range).toEqual({ min: 1, max: 3, runs: 3 });
  });
});
