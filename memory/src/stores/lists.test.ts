import fc from 'fast-check';
import { expect, test } from 'vitest';
import { idAt, listsOf, matches, narrowestList, placeOf, sortablePlaceOf } from './lists.ts';
import type { Attributes, Kind } from './store.ts';

const kind = fc.constantFrom<Kind>('memory', 'message', 'session');
const value = fc.string({ minLength: 1, maxLength: 3 });
const attributes: fc.Arbitrary<Attributes> = fc.record(
  { namespace: value, subjectId: value, sessionId: value, agentId: value, type: value, status: value },
  { requiredKeys: [] },
);
const order = fc.maxSafeNat();
const id = fc.string({ unit: 'grapheme', maxLength: 8 });

test('a document that a query asks for stands in the list that the query reads', () => {
  fc.assert(
    fc.property(kind, attributes, attributes, (kind, attributes, where) => {
      if (!matches(attributes, where)) return;
      expect(listsOf({ kind, attributes })).toContain(narrowestList({ kind, where }));
    }),
  );
  const asked = { subjectId: 's', type: 't' };
  expect(narrowestList({ kind: 'memory', where: asked })).toBe('memory:subjectId=s');
});

test('places sort by order, then by the bytes of the id', () => {
  const expected = (one: [number, string], other: [number, string]) =>
    Math.sign(one[0] - other[0] || Buffer.compare(Buffer.from(one[1]), Buffer.from(other[1])));
  const bytes = (one: string, other: string) => Math.sign(Buffer.compare(Buffer.from(one), Buffer.from(other)));
  const units = (one: string, other: string) => Number(one > other) - Number(one < other);
  fc.assert(
    fc.property(fc.tuple(order, id), fc.tuple(order, id), (one, other) => {
      expect(bytes(placeOf(...one), placeOf(...other))).toBe(expected(one, other));
      expect(bytes(sortablePlaceOf(...one), sortablePlaceOf(...other))).toBe(expected(one, other));
      expect(units(sortablePlaceOf(...one), sortablePlaceOf(...other))).toBe(expected(one, other));
      expect(idAt(placeOf(...one))).toBe(one[1]);
    }),
  );
  expect(units(sortablePlaceOf(1, '\u{1f98a}'), sortablePlaceOf(1, '\uff5e'))).toBe(1);
  expect(units(sortablePlaceOf(1, '\u{10000}'), sortablePlaceOf(1, '\uffff'))).toBe(1);
});

test('an order that cannot be sorted is refused', () => {
  for (const order of [-1, 0.5, Number.NaN, 2 ** 53]) expect(() => placeOf(order, 'a')).toThrow(RangeError);
});
