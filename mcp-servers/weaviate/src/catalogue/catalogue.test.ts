import { expect, test } from 'vitest';
import { Catalogue } from './catalogue.ts';
import type { Collection } from './collection.ts';

const named = (name: string): Collection => ({
  name,
  multiTenant: false,
  properties: [],
  vectors: [],
  nullsIndexed: false,
  timesIndexed: false,
});

test('is read once for all who wait, and again when it is too old', async () => {
  let [now, reads] = [0, 0];
  const catalogue = new Catalogue(
    async () => {
      reads += 1;
      return [named('B'), named(`A${reads}`)];
    },
    60,
    () => now,
  );
  const [one, other] = await Promise.all([catalogue.collections(), catalogue.collections()]);
  expect(one).toBe(other);
  expect(one.map(({ name }) => name)).toEqual(['A1', 'B']);
  now = 59_999;
  expect(await catalogue.collections()).toBe(one);
  now = 60_000;
  expect((await catalogue.collections()).map(({ name }) => name)).toEqual(['A2', 'B']);
  expect(reads).toBe(2);
});

test('that could not be read is read again with the next question', async () => {
  let reads = 0;
  const catalogue = new Catalogue(
    async () => {
      reads += 1;
      if (reads === 1) throw new Error('down');
      return [named('A')];
    },
    60,
    () => 0,
  );
  await expect(catalogue.collections()).rejects.toThrow('down');
  expect(await catalogue.collections()).toHaveLength(1);
});
