import { Decimal128, Long, ObjectId } from 'bson';
import { describe, expect, it } from 'vitest';
import { ejsonObject, ejsonPipeline, fromExtendedJson } from './ejson.ts';

describe('fromExtendedJson', () => {
  it('reads wrappers wherever they are', () => {
    expect(
      fromExtendedJson({
        a: { $gte: { $date: '2026-05-01T00:00:00Z' } },
        b: { $in: [{ $oid: '5f5f5f5f5f5f5f5f5f5f5f5f' }] },
        c: { $numberDecimal: '1.10' },
        d: { $numberLong: '9007199254740993' },
      }),
    ).toEqual({
      a: { $gte: new Date('2026-05-01T00:00:00Z') },
      b: { $in: [new ObjectId('5f5f5f5f5f5f5f5f5f5f5f5f')] },
      c: new Decimal128('1.10'),
      d: Long.fromString('9007199254740993'),
    });
  });

  it('leaves operators as they are, also beside each other', () => {
    const filter = { name: { $regex: '^a', $options: 'i', $ne: 'abc' } };
    expect(fromExtendedJson(filter)).toEqual(filter);
  });

  it('makes no code and no reference of what looks like them', () => {
    const hostile = { a: { $code: 'x' }, b: { $ref: 'c', $id: 1 }, c: { $oid: 'zz' } };
    expect(fromExtendedJson(hostile)).toEqual(hostile);
  });
});

it('takes JSON in a string, and says no to other text', () => {
  expect(ejsonObject().parse('{"a":{"$date":"2026-05-01T00:00:00Z"}}')).toEqual({
    a: new Date('2026-05-01T00:00:00Z'),
  });
  expect(ejsonPipeline().parse('[{"$limit":1}]')).toEqual([{ $limit: 1 }]);
  expect(ejsonPipeline().parse(['{"$limit":1}'])).toEqual([{ $limit: 1 }]);
  expect(ejsonObject().safeParse('{a: 1}').success).toBe(false);
});
