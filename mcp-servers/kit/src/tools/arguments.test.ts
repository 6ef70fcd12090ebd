import { expect, test } from 'vitest';
import * as z from 'zod';
import { parseArguments } from './arguments.ts';
import { ToolRefusal } from './tool.ts';

const schema = z.strictObject({
  collection: z.string().min(1).max(10),
  limit: z.int().min(1).max(100).default(10),
  order: z.enum(['up', 'down']).optional(),
  filter: z.object({ age: z.number().optional() }).optional(),
});

function refused(given: unknown): ToolRefusal {
  try {
    parseArguments(schema, given);
  } catch (error) {
    if (error instanceof ToolRefusal) return error;
  }
  throw new Error('nothing was refused');
}

test('right arguments come with their defaults', () => {
  expect(parseArguments(schema, { collection: 'a' })).toEqual({ collection: 'a', limit: 10 });
});

test('all mistakes are told together: where, what was given, what is allowed', () => {
  const { code, message, fix } = refused({
    collection: 'x'.repeat(200),
    limit: 0,
    order: 'left',
    filter: { age: '7' },
    colour: 1,
  });
  expect(code).toBe('argument');
  expect(message).toBe(
    [
      '5 arguments are not as they have to be:',
      `- collection: given "${'x'.repeat(79)}…; allowed: at most 10 characters`,
      '- limit: given 0; allowed: at least 1',
      '- order: given "left"; allowed: "up" | "down"',
      '- filter.age: given "7"; allowed: a number',
      '- colour: given 1; allowed: only collection, limit, order, filter',
    ].join('\n'),
  );
  expect(fix).toBe('Correct them and repeat the call.');
});

test.each([[undefined], [null], [{}]])('a missing argument is named when %s is given', (given) => {
  expect(refused(given).message).toContain('- collection: given nothing; allowed: a string');
});

test('a list is no object of arguments', () => {
  expect(refused([1]).message).toContain('arguments: given [1]; allowed: an object');
});
