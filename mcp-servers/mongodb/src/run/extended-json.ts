/** Rows as relaxed Extended JSON, without losing a digit. */
import { EJSON, Long } from 'bson';

/** @see https://github.com/mongodb/specifications/blob/master/source/extended-json/extended-json.md */
export const toExtendedJson = (row: unknown): Readonly<Record<string, unknown>> =>
  EJSON.serialize(exact(row), { relaxed: true }) as Readonly<Record<string, unknown>>;

/** The driver gives a long as a number where that is exact; relaxed JSON would round the others. */
function exact(value: unknown): unknown {
  if (value instanceof Long) return { $numberLong: value.toString() };
  if (Array.isArray(value)) return value.map(exact);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, exact(item)]));
}
