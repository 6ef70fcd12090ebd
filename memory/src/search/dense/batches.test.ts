import { describe, expect, test } from 'vitest';
import { batches, inParallel } from './batches.ts';

describe('inParallel', () => {
  test('keeps the order and never runs more than it may', async () => {
    let running = 0;
    let most = 0;
    const results = await inParallel([3, 1, 2, 5, 4], 2, async (item) => {
      most = Math.max(most, ++running);
      for (let turn = 0; turn < item; turn++) await Promise.resolve();
      running--;
      return item * 10;
    });
    expect(results).toEqual([30, 10, 20, 50, 40]);
    expect(most).toBe(2);
  });

  test('starts nothing new after an error', async () => {
    const started: number[] = [];
    const run = inParallel([1, 2, 3], 1, async (item) => {
      started.push(item);
      if (item === 2) throw new Error('two');
    });
    await expect(run).rejects.toThrow('two');
    expect(started).toEqual([1, 2]);
  });
});

test('batches are full but for the last', () => {
  expect(batches([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
  expect(batches([], 2)).toEqual([]);
});
