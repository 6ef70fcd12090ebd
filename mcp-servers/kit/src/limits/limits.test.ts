import { expect, test } from 'vitest';
import { Concurrency } from './concurrency.ts';
import { limitKey } from './limits.ts';
import { RateLimit } from './rate-limit.ts';

test('a caller has twice its rate at once, then its rate; others are not touched', () => {
  let now = 0;
  const rate = new RateLimit(5, () => now);
  for (let call = 0; call < 10; call += 1) expect(rate.take('ana')).toBe(0);
  expect(rate.take('ana')).toBeCloseTo(0.2);
  expect(rate.take('bob')).toBe(0);
  now += 400;
  expect(rate.take('ana', 2)).toBe(0);
  expect(rate.take('ana')).toBeGreaterThan(0);
});

test('a batch is taken whole or not at all', () => {
  const rate = new RateLimit(5, () => 0);
  expect(rate.take('ana', 11)).toBeGreaterThan(0);
  expect(rate.take('ana', 10)).toBe(0);
});

test('a place is given back once, and a caller without calls leaves nothing behind', () => {
  const concurrency = new Concurrency(2);
  const first = concurrency.enter('ana');
  expect(concurrency.enter('ana')).toBeDefined();
  expect(concurrency.enter('ana')).toBeUndefined();
  expect(concurrency.enter('bob')).toBeDefined();
  first?.();
  first?.();
  expect(concurrency.running).toBe(2);
  expect(concurrency.isFull('ana')).toBe(false);
});

test('the same name in two tenants is two callers', () => {
  const caller = { principal: 'ana', scopes: new Set<string>(), claims: {} };
  expect(limitKey({ ...caller, tenant: 'a' })).not.toBe(limitKey({ ...caller, tenant: 'b' }));
});
