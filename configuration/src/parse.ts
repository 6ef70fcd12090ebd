import * as z from 'zod';
import { type EnvironmentSchema, metaOf } from './environment.ts';
import { nearest } from './nearest.ts';
import { type Problem, shown } from './problem.ts';

export type Parsed<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** A variable of a container: its text, or word that a Secret gives it. */
export type Given = string | { readonly secret: true };

/**
 * Reads a service's settings from its environment. An empty variable counts as not set.
 * Other programs' variables are left alone; an unknown one with the service's own prefix is a problem.
 */
export function parseEnvironment<Schema extends EnvironmentSchema>(
  schema: Schema,
  environment: Readonly<Record<string, string | undefined>>,
): Parsed<z.output<Schema>> {
  const given = Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => Boolean(entry[1])),
  );
  const prefixes = schema.meta()?.prefixes ?? [];
  const own = Object.keys(given).filter((name) => prefixes.some((prefix) => name.startsWith(prefix)));
  const unknown = unknownVariables(schema, own);
  // One parse a process: compiling the schema would cost more than it saves.
  const result = schema.safeParse(given, { jitless: true });
  if (result.success && unknown.length === 0) return { ok: true, value: result.data };
  return { ok: false, problems: [...problemsOf(schema, result, given), ...unknown] };
}

/**
 * Checks, without the secrets, the variables that a deployment gives to a container: each is known, every required one
 * is given, secrets and only they come from a Secret, and each text parses. A secret counts as present and right.
 */
export function checkVariables(schema: EnvironmentSchema, given: Readonly<Record<string, Given>>): Problem[] {
  const texts: Record<string, string> = {};
  const trusted: Record<string, z.ZodType> = {};
  const misplaced: Problem[] = [];
  for (const [name, value] of Object.entries(given)) {
    const field = schema.shape[name];
    if (field === undefined || value === '') continue;
    const { secret, allowed = '' } = metaOf(field);
    const isText = typeof value === 'string';
    if (secret) {
      texts[name] = '(a secret)';
      trusted[name] = z.any();
    } else if (isText) {
      texts[name] = value;
    }
    if (secret && isText) {
      misplaced.push({
        path: name,
        given: 'a text (hidden)',
        allowed: 'a reference to a Secret',
        fix: `Put the value of ${name} in a Secret and refer to it; whoever reads the manifest can read a text.`,
      });
    } else if (!secret && !isText) {
      misplaced.push({
        path: name,
        given: 'a reference to a Secret',
        allowed,
        fix: `Give ${name} as a text: it is no secret, and only a text can be checked before it is deployed.`,
      });
    }
  }
  const result = schema.safeExtend(trusted).safeParse(texts, { jitless: true });
  const reported = new Set(misplaced.map(({ path }) => path));
  const wrong = problemsOf(schema, result, texts).filter(({ path }) => !reported.has(path));
  return [...wrong, ...misplaced, ...unknownVariables(schema, Object.keys(given))];
}

function problemsOf(
  schema: EnvironmentSchema,
  result: z.ZodSafeParseResult<unknown>,
  given: Readonly<Record<string, string>>,
): Problem[] {
  return (result.error?.issues ?? []).map((issue) => {
    const path = String(issue.path[0]);
    const { allowed = '', description = '', secret } = metaOf(schema.shape[path] ?? z.any());
    const value = given[path];
    const fromRule = issue.code === 'custom' && issue.params?.rule === true;
    return {
      path,
      given: value === undefined ? 'nothing' : secret ? 'a value (hidden)' : shown(value),
      allowed: fromRule ? String(issue.params?.allowed) : allowed,
      fix: fromRule ? issue.message : `${value === undefined ? 'Set' : 'Correct'} ${path}: ${description}`,
    };
  });
}

function unknownVariables(schema: EnvironmentSchema, names: readonly string[]): Problem[] {
  const known = Object.keys(schema.shape);
  return names
    .filter((name) => !known.includes(name))
    .map((name) => {
      const meant = nearest(name, known);
      return {
        path: name,
        given: 'a variable that this service does not read (value hidden)',
        allowed: meant ?? 'the variables of this service',
        fix: meant === undefined ? `Remove ${name}.` : `Did you mean ${meant}? If not, remove ${name}.`,
      };
    });
}
