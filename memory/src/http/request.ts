import type { FastifyRequest } from 'fastify';
import type * as z from 'zod';
import { type Mistake, Refusal } from '../api/errors.ts';
import { type Operation, type OperationId, operations } from '../api/operations.ts';
import type { Asked } from './headers.ts';
import { askedOf } from './headers.ts';
import { mistakesOf } from './mistakes.ts';

/** What an operation is called with; its types are those of the schemas that made it. */
export interface Parsed extends Asked {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/**
 * A request as the operation's schemas have it.
 * @throws Refusal invalid-request with all mistakes of path, query, headers and body
 */
export function parseRequest(
  id: OperationId,
  params: Readonly<Record<string, string>>,
  request: FastifyRequest,
): Parsed {
  const operation: Operation = operations[id];
  const mistakes: Mistake[] = [];
  const parsed = {
    params: part('path', operation.params, params, mistakes),
    query: part('query', operation.query, request.query, mistakes),
    body: bodyOf(operation, request.body, mistakes),
    ...askedOf(operation, request.headers, mistakes),
  };
  if (mistakes.length === 0) return parsed;
  const many = mistakes.length === 1 ? 'There is one mistake' : `There are ${mistakes.length} mistakes`;
  throw new Refusal('invalid-request', `${many} in the request: see errors.`, { mistakes });
}

function bodyOf({ body: schema }: Operation, body: unknown, mistakes: Mistake[]): unknown {
  if (schema !== undefined) return part('body', schema, body ?? undefined, mistakes);
  const isEmpty = body === undefined || (typeof body === 'object' && body !== null && Object.keys(body).length === 0);
  if (!isEmpty) mistakes.push({ pointer: '', given: 'a body', allowed: 'no body', fix: 'Send none.' });
  return undefined;
}

function part(where: 'path' | 'query' | 'body', schema: z.ZodType, given: unknown, mistakes: Mistake[]): unknown {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  mistakes.push(...mistakesOf(where, result.error.issues, given));
  return undefined;
}
