/** Values that a field may be compared with: typed, and never an operator. */
import { type Check, isObject, most, type Place, quoted, within } from './check.ts';

/** BSON types that hold a value and nothing else. */
const valueTypes = new Set(['ObjectId', 'Long', 'Int32', 'Double', 'Decimal128', 'Binary', 'Timestamp', 'UUID']);

/** A value without parts. */
export function isPlain(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
      return value.length <= most.letters;
    case 'number':
    case 'boolean':
    case 'bigint':
      return true;
    case 'object':
      if (value === null) return true;
      if (value instanceof Date) return !Number.isNaN(value.getTime());
      return !isObject(value) && valueTypes.has(String((value as { _bsontype?: unknown })._bsontype));
    default:
      return false;
  }
}

/** A literal: a plain value, or arrays and documents of them without a key that begins with `$`. */
export function checkLiteral(value: unknown, place: Place, check: Check): void {
  if (!check.counts(place) || isPlain(value)) return;
  if (Array.isArray(value)) {
    if (value.length > most.items)
      check.mistake('cost', place, `the list has more than ${most.items} values`, 'Compare with fewer values.');
    for (const [index, item] of value.slice(0, most.items).entries()) checkLiteral(item, within(place, index), check);
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      // The place of the keys: `{owner: {name: 'x'}}` compares owner.name too.
      check.name(key, place);
      checkLiteral(item, within(place, key), check);
    }
  } else
    check.mistake(
      'argument',
      place,
      `${quoted(value)} is not a value`,
      'Give a text, number, date, ObjectId, or a list of them.',
    );
}
