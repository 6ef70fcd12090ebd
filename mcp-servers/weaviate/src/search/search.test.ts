import { describe, expect, test } from 'vitest';
import { explanationOf } from './explanation.ts';
import { nearnessOf } from './relevance.ts';

describe('explanationOf', () => {
  const told =
    '\nHybrid (Result Set keyword,bm25) Document 2a6fd606-90e8-4212-aa16-77cf5bd921d2: original score 0.83489776, normalized score: 0.5 - ' +
    '\nHybrid (Result Set vector,hybridVector) Document 2a6fd606-90e8-4212-aa16-77cf5bd921d2: original score 0.5989005, normalized score: 0.35619724';

  test('takes the numbers of a hybrid score', () => {
    expect(explanationOf(told, 'tea')).toEqual({ keyword: 0.5, vector: 0.35619724 });
  });

  test('takes only words that were asked for', () => {
    const words =
      ', BM25F_tea_frequency:2, BM25F_tea_propLength:8, BM25F_zanzibar_frequency:1, BM25F_zanzibar_propLength:3';
    expect(explanationOf(words, 'Tea trains')).toEqual({ words: { tea: 2 } });
  });

  test('takes nothing of what it does not know', () => {
    expect(explanationOf('secret zanzibar 7', 'tea')).toEqual({});
    expect(explanationOf(undefined, 'tea')).toEqual({});
  });
});

test('nearness falls with distance, whatever measures it', () => {
  expect([0, 0.25, 1, 1.5].map((distance) => nearnessOf(distance, { distance: 'cosine' }))).toEqual([1, 0.75, 0, 0]);
  for (const distance of ['dot', 'l2-squared', 'manhattan', 'hamming']) {
    const [near, far] = [nearnessOf(distance === 'dot' ? -5 : 0, { distance }), nearnessOf(7, { distance })];
    expect(near).toBeGreaterThan(far);
    expect(far).toBeGreaterThanOrEqual(0);
    expect(near).toBeLessThanOrEqual(1);
  }
});
