import type * as z from 'zod';
import { ToolRefusal } from './tool.ts';

type Issue = z.core.$ZodIssue;

/** Longest piece of a wrong value that is shown. */
const SHOWN = 80;

/**
 * The arguments of a call as the tool's schema has them.
 * @throws {ToolRefusal} `argument`, with every mistake: where, what was given, what is allowed
 */
export function parseArguments<Input extends z.ZodObject>(schema: Input, given: unknown): z.output<Input> {
  const parsed = schema.safeParse(given ?? {});
  if (parsed.success) return parsed.data;
  const mistakes = parsed.error.issues.flatMap((issue) => mistakesOf(issue, given, Object.keys(schema.shape)));
  throw new ToolRefusal(
    'argument',
    `${mistakes.length} ${mistakes.length === 1 ? 'argument is' : 'arguments are'} not as they have to be:\n${mistakes.join('\n')}`,
    'Correct them and repeat the call.',
  );
}

function mistakesOf(issue: Issue, given: unknown, known: readonly string[]): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const path = [...issue.path, key];
      const allowed = issue.path.length === 0 ? `only ${known.join(', ')}` : 'nothing of this name';
      return line(path, at(given, path), allowed);
    });
  }
  return [line(issue.path, at(given, issue.path), allowedBy(issue))];
}

const line = (path: readonly PropertyKey[], value: unknown, allowed: string) =>
  `- ${path.map(String).join('.') || 'arguments'}: given ${shown(value)}; allowed: ${allowed}`;

function allowedBy(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return /^[aeiou]/.test(issue.expected) ? `an ${issue.expected}` : `a ${issue.expected}`;
    case 'invalid_value':
      return issue.values.map((value) => JSON.stringify(value)).join(' | ');
    case 'too_small':
      return `${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unit(issue.origin)}`;
    case 'too_big':
      return `${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${unit(issue.origin)}`;
    case 'invalid_format':
      return issue.message.replace(/^Invalid /, 'a valid ');
    case 'invalid_union':
      return 'one of the forms in the schema';
    default:
      return issue.message;
  }
}

function unit(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' ? ' items' : '';
}

function at(given: unknown, path: readonly PropertyKey[]): unknown {
  let value = given;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return value;
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? typeof value;
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN).toWellFormed()}…`;
}
