import { expect, test } from 'vitest';
import { Refusal } from '../api/errors.ts';
import { Admission } from './admission.ts';
import { RateLimit } from './rate-limit.ts';

test('a tenant may make twice its rate at once, then its rate; another is not touched', () => {
  let now = 0;
  const limit = new RateLimit(10, () => now);
  for (let n = 0; n < 20; n++) limit.take('a');
  expect(() => limit.take('a')).toThrow('10 requests a second');
  expect(limit.take('b')).toBe('"tenant";r=19;t=1');
  now += 100;
  expect(limit.take('a')).toBe('"tenant";r=0;t=2');
  expect(() => limit.take('a')).toThrow(Refusal);
  now += 60_000;
  expect(limit.take('a')).toBe('"tenant";r=19;t=1');
});

test('a clock that is set back gives nothing away', () => {
  let now = 10_000;
  const limit = new RateLimit(1, () => now);
  limit.take('a');
  limit.take('a');
  now = 0;
  expect(() => limit.take('a')).toThrow(Refusal);
});

test('so many work, so many wait in their order, and more are turned away', async () => {
  const admission = new Admission({ running: 1, waiting: 1 });
  const done: string[] = [];
  const first = Promise.withResolvers<void>();
  const one = admission.run(() => first.promise);
  const two = admission.run(async () => done.push('two'));
  await expect(admission.run(async () => done.push('three'))).rejects.toThrow('Too many requests wait');
  expect(admission.state).toEqual({ running: 1, waiting: 1 });
  first.resolve();
  await Promise.all([one, two]);
  expect(done).toEqual(['two']);
  expect(admission.state).toEqual({ running: 0, waiting: 0 });
});

test('work that fails gives its place back', async () => {
  const admission = new Admission({ running: 1, waiting: 0 });
  await expect(admission.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await admission.run(async () => 'yes')).toBe('yes');
});
