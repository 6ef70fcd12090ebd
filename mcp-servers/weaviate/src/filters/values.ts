import { Mistake, type Target } from './compile.ts';
import type { Comparison } from './filter.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const DATE = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/;

/** The value of a comparison in the type of what it is compared with. @throws {Mistake} */
export function comparedWith({ operator, value, property }: Comparison, target: Target): unknown {
  const wrong = (allowed: string) => new Mistake(`given ${shown(value)} for ${property}; allowed: ${allowed}`);
  if (operator === 'is_null') {
    if (typeof value !== 'boolean') throw wrong('true or false');
    return value;
  }
  if (operator === 'within_km') {
    if (typeof value !== 'object' || Array.isArray(value))
      throw wrong('{"latitude": 38.7, "longitude": -9.1, "km": 10}');
    const { latitude, longitude, km } = value;
    return { latitude, longitude, distance: km * 1000 };
  }
  if (operator.startsWith('contains_')) {
    if (!Array.isArray(value)) throw wrong('a list of values');
    return value.map((one) => scalarOf(one, target, wrong));
  }
  if (operator === 'like') {
    if (
      typeof value !== 'string' ||
      value.length > 64 ||
      !/[^*?\s]/.test(value) ||
      (value.match(/[*?]/g) ?? []).length > 4
    ) {
      throw wrong('a text of at most 64 characters, at most 4 of them * or ?, and not these alone');
    }
    return value;
  }
  return scalarOf(value, target, wrong);
}

function scalarOf(value: unknown, { type }: Target, wrong: (allowed: string) => Mistake): unknown {
  switch (type) {
    case 'text':
      if (typeof value !== 'string' || value === '') throw wrong('a text');
      return value;
    case 'int':
      if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw wrong('a whole number');
      return value;
    case 'number':
      if (typeof value !== 'number' || !Number.isFinite(value)) throw wrong('a number');
      return value;
    case 'boolean':
      if (typeof value !== 'boolean') throw wrong('true or false');
      return value;
    case 'uuid':
      if (typeof value !== 'string' || !UUID.test(value)) throw wrong('a UUID');
      return value;
    case 'date': {
      const date = typeof value === 'string' && DATE.test(value) ? new Date(value) : undefined;
      if (date === undefined || Number.isNaN(date.getTime()))
        throw wrong('a date such as 2026-05-01 or 2026-05-01T08:00:00Z');
      return date;
    }
    default:
      throw wrong('nothing: this type cannot be compared');
  }
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? typeof value;
  return text.length <= 80 ? text : `${text.slice(0, 80).toWellFormed()}…`;
}
