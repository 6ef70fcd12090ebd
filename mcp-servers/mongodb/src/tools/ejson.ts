/** Extended JSON in arguments. */
import { EJSON } from 'bson';
import * as z from 'zod';

/** Wrappers of values; everything else that begins with `$` is an operator, or a mistake. */
const wrappers = new Set([
  '$oid',
  '$date',
  '$numberInt',
  '$numberLong',
  '$numberDouble',
  '$numberDecimal',
  '$uuid',
  '$binary',
  '$timestamp',
]);

/** Deepest nesting that is read; a query that is deeper is refused anyway. */
const DEEPEST = 100;

/** The value with every `{"$date": …}` and the like as what it stands for; a wrapper that holds nonsense stays, and is refused later. */
export function fromExtendedJson(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return value;
  if (Array.isArray(value)) return value.map((item) => fromExtendedJson(item, depth + 1));
  const entries = Object.entries(value);
  const [[name] = ['']] = entries;
  if (entries.length === 1 && wrappers.has(name)) return unwrapped(value);
  // Not by assignment: `__proto__` is a name like any other until it is refused.
  return Object.fromEntries(entries.map(([key, item]) => [key, fromExtendedJson(item, depth + 1)]));
}

function unwrapped(wrapper: object): unknown {
  try {
    // A long beyond what a number holds stays exact.
    const relaxed = !('$numberLong' in wrapper);
    return (EJSON.deserialize({ value: wrapper }, { relaxed }) as { value: unknown }).value;
  } catch {
    return wrapper;
  }
}

/** Models send JSON in a string where an object is expected: it is read as if it had been one. */
function fromText(given: unknown): unknown {
  if (typeof given !== 'string') return given;
  try {
    return JSON.parse(given) as unknown;
  } catch {
    return given;
  }
}

const document = z.record(z.string(), z.unknown());

/** An object of MongoDB's query language. */
export const ejsonObject = () =>
  z.preprocess(fromText, document).transform((given) => fromExtendedJson(given) as Readonly<Record<string, unknown>>);

/** A list of stages. */
export const ejsonPipeline = () =>
  z
    .preprocess(fromText, z.array(z.preprocess(fromText, document)).max(40))
    .transform((given) => fromExtendedJson(given) as readonly Readonly<Record<string, unknown>>[]);
