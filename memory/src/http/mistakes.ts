import type * as z from 'zod';
import type { Mistake } from '../api/errors.ts';

type Issue = z.core.$ZodIssue;
type Where = 'path' | 'query' | 'body';

/** Of a value that was given, as much as tells the caller which one is meant. */
const SHOWN = 80;

/** All mistakes that a schema found in one part of a request. */
export function mistakesOf(where: Where, issues: readonly Issue[], given: unknown): Mistake[] {
  return issues.flatMap((issue) => mistake(where, issue, given));
}

function mistake(where: Where, issue: Issue, given: unknown): Mistake[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: pointerOf(where, [...issue.path, key]),
      given: shown(at(given, [...issue.path, key])),
      allowed: 'nothing of this name',
      fix: 'Take it out, or mend its spelling.',
    }));
  }
  const value = at(given, issue.path);
  const pointer = pointerOf(where, issue.path);
  if (value === undefined) {
    return [{ pointer, given: 'nothing', allowed: allowed(issue), fix: 'Give a value: it is required.' }];
  }
  return [{ pointer, given: shown(value), allowed: allowed(issue) }];
}

function allowed(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return article(issue.expected);
    case 'invalid_value':
      return issue.values.map((value) => JSON.stringify(value)).join(' | ');
    case 'too_small':
      return `${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unit(issue.origin)}`;
    case 'too_big':
      return `${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${unit(issue.origin)}`;
    case 'invalid_format':
      return formats[issue.format] ?? issue.message;
    case 'invalid_union':
      return 'one of the documented forms';
    default:
      return issue.message;
  }
}

const formats: Readonly<Record<string, string>> = {
  uuid: 'a UUID',
  datetime: 'an RFC 3339 date and time with its zone, such as 2026-11-22T09:30:00Z',
};

const article = (type: string) => (/^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`);

function unit(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' ? ' items' : '';
}

function pointerOf(where: Where, path: readonly PropertyKey[]): string {
  const steps = path.map((step) => String(step).replaceAll('~', '~0').replaceAll('/', '~1'));
  return where === 'body' ? steps.map((step) => `/${step}`).join('') : `${where}/${steps.join('/')}`;
}

function at(given: unknown, path: readonly PropertyKey[]): unknown {
  let value = given;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return value;
}

export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? typeof value;
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN).toWellFormed()}…`;
}
