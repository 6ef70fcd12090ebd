import { afterEach, expect, test, vi } from 'vitest';
import { skipped } from './skip.ts';

afterEach(() => vi.unstubAllEnvs());

test('nothing is skipped that TESTBED_SKIP does not name', () => {
  vi.stubEnv('TESTBED_SKIP', undefined);
  expect(skipped('etcd')).toBe(false);
  vi.stubEnv('TESTBED_SKIP', 'kwok-stages');
  expect(skipped('kwok')).toBe(false);
});

test('one name of several is enough', () => {
  vi.stubEnv('TESTBED_SKIP', 'helm, kwok');
  expect(skipped('etcd', 'kwok')).toBe(true);
});
