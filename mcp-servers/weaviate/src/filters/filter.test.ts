import { describe, expect, test } from 'vitest';
import { filterSchema } from './filter.ts';

const leaf = { property: 'title', operator: 'equal', value: 'tea' };
const deep = (levels: number): unknown => (levels === 0 ? leaf : { not: deep(levels - 1) });

describe('filterSchema', () => {
  test('takes a tree of five levels', () => {
    expect(filterSchema.safeParse(deep(5)).success).toBe(true);
    expect(filterSchema.safeParse(deep(6)).success).toBe(false);
  });

  test('ends with what is nested without end', () => {
    let nested: unknown = leaf;
    for (let level = 0; level < 100_000; level += 1) nested = level % 2 === 0 ? { not: nested } : { and: [nested] };
    expect(filterSchema.safeParse(nested)).toMatchObject({
      success: false,
      error: { issues: [{ message: expect.stringContaining('5 levels') }] },
    });
  });

  test('takes neither several forms at once nor operators as values', () => {
    for (const wrong of [
      { ...leaf, and: [leaf] },
      { and: [leaf], or: [leaf] },
      { ...leaf, value: { $ne: '' } },
      { ...leaf, value: Number.NaN },
      [],
      {},
    ]) {
      expect(filterSchema.safeParse(wrong).success).toBe(false);
    }
  });
});
