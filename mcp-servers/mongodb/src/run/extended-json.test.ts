import { Decimal128, deserialize, Long, ObjectId, serialize } from 'bson';
import { expect, it } from 'vitest';
import { toExtendedJson } from './extended-json.ts';

it('keeps every digit of a long, and writes the other types as relaxed Extended JSON', () => {
  const row = deserialize(
    serialize({
      small: Long.fromNumber(5),
      large: Long.fromString('9007199254740993'),
      in: [{ large: Long.fromString('-9223372036854775808') }],
      at: new Date('2026-05-01T00:00:00Z'),
      id: new ObjectId('5f5f5f5f5f5f5f5f5f5f5f5f'),
      price: new Decimal128('1.10'),
    }),
    { promoteValues: true },
  );
  expect(toExtendedJson(row)).toEqual({
    small: 5,
    large: { $numberLong: '9007199254740993' },
    in: [{ large: { $numberLong: '-9223372036854775808' } }],
    at: { $date: '2026-05-01T00:00:00Z' },
    id: { $oid: '5f5f5f5f5f5f5f5f5f5f5f5f' },
    price: { $numberDecimal: '1.10' },
  });
});
