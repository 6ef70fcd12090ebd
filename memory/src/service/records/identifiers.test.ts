import { expect, test } from 'vitest';
import * as z from 'zod';
import { uuid5, uuid7 } from './identifiers.ts';

test('ids sort in the order in which they were made, also within a millisecond', () => {
  const now = Date.UTC(2026, 10, 22);
  const ids = Array.from({ length: 10_000 }, (_, number) => uuid7(now + (number >> 13)));
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids.slice(0, 100)) expect(z.uuidv7().parse(id)).toBe(id);
});

test('ids of names are the same for the same names only', () => {
  expect(uuid5('t', 'key', 1)).toBe(uuid5('t', 'key', 1));
  const ids = [
    uuid5('t', 'key', 1),
    uuid5('t', 'key', '1'),
    uuid5('t', 'key1'),
    uuid5('tkey', 1),
    uuid5('t', 'key', 2),
  ];
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(z.uuid({ version: 'v5' }).parse(id)).toBe(id);
});
