/** Changes of some fields alone. @see https://protobuf.dev/reference/protobuf/google.protobuf/#field-mask */

import { GoogleError } from './answer.ts';
import { isObject } from './cloud.ts';
import type { Fields } from './route.ts';

const camelCase = (path: string) => path.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Paths such as `cleanupPolicies,dockerConfig.immutableTags`; also in snake case. */
export const maskOf = (given: string | null | undefined): readonly string[] =>
  (given ?? '').split(',').filter(Boolean).map(camelCase);

/** @throws {GoogleError} where no field is named */
export function masked(before: Fields, given: Fields, mask: readonly string[]): Fields {
  if (mask.length === 0) throw new GoogleError('INVALID_ARGUMENT', 'The update mask is empty.');
  return mask.reduce<Fields>((fields, path) => replaced(fields, given, path.split('.')), before);
}

function replaced(before: Fields, given: Fields, [field = '', ...rest]: readonly string[]): Fields {
  if (field === '*') return { ...before, ...given };
  const { [field]: old, ...others } = before;
  const next = given[field];
  if (rest.length > 0)
    return {
      ...before,
      [field]: replaced(isObject(old) ? old : {}, isObject(next) ? next : {}, rest),
    };
  return next === undefined || next === null ? others : { ...before, [field]: next };
}

/** All that is given, into what is there: objects are joined, everything else is replaced. */
export function joined(before: Fields, given: Fields): Fields {
  const next: Record<string, unknown> = { ...before };
  for (const [field, value] of Object.entries(given)) {
    const old = next[field];
    next[field] = isObject(value) && isObject(old) ? joined(old, value) : value;
  }
  return next;
}
