/** The policy file: which collections, fields and rows a caller may read. */
import type { Problem } from '@ai-orchestra/configuration';
import { SettingsMistakes } from '@ai-orchestra/mcp-kit';
import * as z from 'zod';
import { shownAt, yamlOf } from '../files.ts';

/** A collection, a field or a path, with `*` for any characters. */
const pattern = z
  .string()
  .regex(/^[^\s$\0]{1,200}$/, 'a name or path without white space and "$"; "*" stands for any characters');
const claimName = z.string().min(1).max(100);
const scalar = z.union([z.string().max(500), z.number(), z.boolean()]);

/** What a field of a readable row has to be: a value, one of some, or what the caller's token says. */
const restriction = z.union([
  scalar,
  z.strictObject({ in: z.array(scalar).min(1).max(1000) }),
  z.strictObject({ claim: claimName }),
  z.strictObject({ caller: z.enum(['tenant', 'principal']) }),
]);

const limits = z.strictObject({
  documents: z.int().min(1).max(10_000).optional(),
  timeMs: z.int().min(10).max(300_000).optional(),
  scan: z.int().min(0).max(1e9).optional(),
});

const collection = z.strictObject({
  /** @default true */
  read: z.boolean().default(true),
  fields: z
    .strictObject({
      /** Paths or patterns; everything else is hidden. @default every field */
      allow: z.array(pattern).min(1).max(500).optional(),
      /** A name, which may have `*`, is hidden at any depth; a path, which may not, where it is. */
      deny: z.array(pattern.refine(isNameOrPath, 'a path without "*", or a name')).max(500).default([]),
      /** Names that look like a secret and are none. */
      reveal: z
        .array(pattern.refine((name) => !name.includes('.'), 'a name without "."'))
        .max(500)
        .default([]),
    })
    .prefault({}),
  /** By path of a field; a row is readable when all hold. */
  rows: z
    .record(
      pattern.refine((path) => !path.includes('*'), 'a path without "*"'),
      restriction,
    )
    .default({}),
  limits: limits.prefault({}),
});

function isNameOrPath(text: string): boolean {
  return !(text.includes('.') && text.includes('*'));
}

export const policySchema = z.strictObject({
  version: z.literal(1),
  /** The entry with the collection's own name holds, else the first pattern that fits. What fits none cannot be read. */
  collections: z.record(pattern, collection),
});

export type Policy = z.output<typeof policySchema>;
export type CollectionPolicy = Policy['collections'][string];
export type Restriction = z.output<typeof restriction>;

/** Without a file: every collection and field but what looks like a secret. */
export const openPolicy: Policy = policySchema.parse({ version: 1, collections: { '*': {} } });

/** @throws SettingsMistakes with every mistake */
export function parsePolicy(text: string, file: string): Policy {
  const content = yamlOf(text, file);
  const parsed = policySchema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new SettingsMistakes(
    file,
    parsed.error.issues.flatMap((issue) => problemsOf(issue, content)),
  );
}

const forms: readonly (readonly [RegExp, string, string])[] = [
  [
    /\.rows\./,
    'a value | {in: [values]} | {claim: name} | {caller: tenant | principal}',
    'Say what the field of a readable row has to be.',
  ],
  [/^version$/, '1', 'Begin the file with "version: 1".'],
  [/\.limits\.documents$/, 'integer, 1 to 10000', 'Write a number of documents.'],
  [/\.limits\.timeMs$/, 'integer, 10 to 300000 milliseconds', 'Write a number of milliseconds.'],
  [/\.limits\.scan$/, 'integer, 0 to 1e9 documents', 'Write a number of documents.'],
  [/\.read$/, 'true | false', 'Write true or false.'],
];

function problemsOf(issue: z.core.$ZodIssue, content: unknown): Problem[] {
  const path = issue.path.map(String).join('.');
  const given = shownAt(content, issue.path);
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      path: path === '' ? key : `${path}.${key}`,
      given: shownAt(content, [...issue.path, key]),
      allowed: 'nothing of this name',
      fix: 'Correct the name, or remove it.',
    }));
  const form = forms.find(([where]) => where.test(path));
  if (form) return [{ path, given, allowed: form[1], fix: form[2] }];
  return [{ path: path || 'the file', given, allowed: issue.message, fix: 'See the reference of the policy.' }];
}
