import { expect, test } from 'vitest';
import * as z from 'zod';
import { ToolCatalog } from './catalog.ts';
import { defineTool } from './define.ts';
import type { Annotations, Tool } from './tool.ts';

const tool = (name: string, scope = 'read', annotations: Annotations = { readOnly: true }): Tool =>
  defineTool({
    name,
    title: 'A tool',
    description: 'Does it.',
    input: z.strictObject({ limit: z.int().min(1).default(10).describe('Most rows') }),
    output: z.object({ count: z.int() }),
    annotations,
    scope,
    run: async () => ({ kind: 'answer', structured: { count: 1 }, text: [] }),
  });
const caller = (...scopes: string[]) => ({ principal: 'ana', scopes: new Set(scopes), claims: {} });

test('a tool is listed with its schemas and hints', () => {
  expect(new ToolCatalog([tool('count')]).list(caller('read'))).toEqual([
    {
      name: 'count',
      title: 'A tool',
      description: 'Does it.',
      inputSchema: {
        type: 'object',
        properties: {
          limit: { type: 'integer', minimum: 1, default: 10, description: 'Most rows' },
        },
        additionalProperties: false,
      },
      outputSchema: { type: 'object', properties: { count: { type: 'integer' } }, required: ['count'] },
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
  ]);
});

test('what changes something says how', () => {
  const [listed] = new ToolCatalog([tool('forget', 'read', { readOnly: false, destructive: true })]).list(
    caller('read'),
  );
  expect(listed?.annotations).toMatchObject({ readOnlyHint: false, destructiveHint: true, idempotentHint: false });
});

test('a caller is shown what its scopes allow, the same list each time', () => {
  const catalog = new ToolCatalog([tool('b'), tool('a', 'write'), tool('c')]);
  expect(catalog.list(caller('read')).map(({ name }) => name)).toEqual(['b', 'c']);
  expect(catalog.list(caller('read', 'write')).map(({ name }) => name)).toEqual(['b', 'a', 'c']);
  expect(catalog.list(caller('read', 'other'))).toBe(catalog.list(caller('read')));
  expect(catalog.list(caller())).toEqual([]);
  expect(catalog.scopes).toEqual(['read', 'write']);
});

test.each([['Count'], ['count-it'], ['1st'], ['a'.repeat(65)], ['']])('%s is no name of a tool', (name) => {
  expect(() => new ToolCatalog([tool(name)])).toThrow(TypeError);
});

test('two tools of one name are a mistake', () => {
  expect(() => new ToolCatalog([tool('count'), tool('count')])).toThrow('same name');
});
