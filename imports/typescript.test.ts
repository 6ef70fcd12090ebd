import { expect, test } from 'vitest';
import { declarations, type Schema } from './typescript.ts';

function declaration(schema: Schema): string {
  return declarations(new Map([['Thing', schema]]));
}

test('properties are readonly, and optional unless required', () => {
  const schema = { type: 'object', required: ['a'], properties: { a: { type: 'integer' }, b: { type: 'boolean' } } };

  expect(declaration(schema)).toBe('export interface Thing {\n  readonly a: number;\n  readonly b?: boolean;\n}\n');
});

test.each<[string, Schema]>([
  ['number | string', { 'x-kubernetes-int-or-string': true }],
  ["'A' | 'B'", { type: 'string', enum: ['A', 'B'] }],
  ["readonly ('A' | 'B')[]", { type: 'array', items: { type: 'string', enum: ['A', 'B'] } }],
  ['Readonly<Record<string, Other>>', { type: 'object', additionalProperties: { $ref: 'Other' } }],
  ['Readonly<Record<string, unknown>>', { type: 'object' }],
  ['unknown', {}],
])('%s', (text, schema) => {
  expect(declaration(schema)).toBe(`export type Thing = ${text};\n`);
});

test('the first paragraph of a description becomes the comment', () => {
  const schema = { type: 'string', description: 'What it\nis, a */ too.\n\nMore of it.' };

  expect(declaration(schema)).toBe('/** What it is, a *\\/ too. */\nexport type Thing = string;\n');
});

test('a field with unknown fields beside it allows them', () => {
  const schema = { properties: { 'x-a': { type: 'string' } }, 'x-kubernetes-preserve-unknown-fields': true };

  expect(declaration(schema)).toBe(
    "export interface Thing {\n  readonly 'x-a'?: string;\n  readonly [key: string]: unknown;\n}\n",
  );
});
