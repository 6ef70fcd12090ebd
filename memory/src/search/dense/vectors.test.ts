import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cosine } from './vectors.ts';

describe('cosine', () => {
  test.each([
    [[1, 0], [5, 0], 1],
    [[1, 0], [0, 3], 0],
    [[1, 2], [-2, -4], -1],
    [[0, 0], [1, 1], 0],
    [[1e-162, 0], [0, 1e-162], 0],
  ])('of %j and %j is %d', (one, other, expected) => {
    expect(cosine(one, other)).toBeCloseTo(expected, 12);
  });

  test('is from -1 to 1 and the same both ways', () => {
    const vector = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(vector, vector, (one, other) => {
        expect(Math.abs(cosine(one, other))).toBeLessThanOrEqual(1);
        expect(cosine(one, other)).toBe(cosine(other, one));
      }),
    );
  });

  test('refuses vectors of two models', () => {
    expect(() => cosine([1, 2], [1, 2, 3])).toThrow('2 and 3 dimensions');
  });
});
