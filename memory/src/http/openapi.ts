/** OpenAPI 3.1 of the API, made from the table of operations. */
import * as z from 'zod';
import { problems } from '../api/errors.ts';
import { type Operation, type OperationId, operations } from '../api/operations.ts';

type Json = Record<string, unknown>;

/** Problems that every operation may answer with. */
const always = [
  'invalid-request',
  'unauthenticated',
  'forbidden',
  'not-acceptable',
  'rate-limited',
  'headers-too-large',
  'internal',
  'overloaded',
  'keys-unavailable',
  'tier-unavailable',
] as const;
const withBody = ['too-large', 'unsupported-media-type'] as const;

export function openApi(): Json {
  const paths: Record<string, Json> = {};
  for (const [id, operation] of Object.entries(operations) as [OperationId, Operation][]) {
    const path = paths[operation.path] ?? {};
    path[operation.method.toLowerCase()] = operationObject(id, operation);
    paths[operation.path] = path;
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Memory',
      version: '1',
      description: 'Layered memory for agents. Every refusal is a problem (RFC 9457).',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
      schemas: { Problem: problem },
    },
  };
}

function operationObject(id: OperationId, operation: Operation): Json {
  const { tag, summary, permission, body, answer, status } = operation;
  const answered = String(status ?? (answer === undefined ? 204 : 200));
  return {
    operationId: id,
    tags: [tag],
    summary,
    description: `Needs the permission ${permission}.`,
    parameters: [...fields('path', operation.params), ...fields('query', operation.query), ...headers(operation)],
    ...(body && {
      requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body, 'input') } } },
    }),
    responses: {
      [answered]: {
        description: 'Done',
        ...(answer && { content: { 'application/json': { schema: schemaOf(answer, 'output') } } }),
      },
      ...refusals(operation),
    },
  };
}

function refusals({ refusals: own = [], body, method }: Operation): Json {
  const codes = [
    ...always,
    ...(body === undefined ? [] : withBody),
    ...(method === 'GET' ? [] : (['tier-full'] as const)),
    ...own,
  ];
  const byStatus = Map.groupBy(new Set(codes), (code) => problems[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, of]) => [
      String(status),
      {
        description: of.map((code) => `${code}: ${problems[code].title}`).join('; '),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  );
}

function fields(where: 'path' | 'query', schema: z.ZodObject): Json[] {
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as { properties?: Json; required?: string[] };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    schema: property,
  }));
}

function headers({ idempotent, ifMatch, method }: Operation): Json[] {
  const header = (name: string, description: string, required = false) => ({
    name,
    in: 'header',
    required,
    description,
    schema: { type: 'string' },
  });
  return [
    ...(idempotent ? [header('Idempotency-Key', 'The same key with the same request is answered once.')] : []),
    ...(ifMatch ? [header('If-Match', 'ETag of the version to change, or *.', ifMatch === 'required')] : []),
    ...(method === 'GET' ? [header('If-None-Match', 'ETag that the caller has.')] : []),
    ...(method === 'GET' ? [] : [header('Prefer', 'wait=indexed: answer when search finds what was written.')]),
    header('Consistency-Token', 'Of an earlier write that this read must see.'),
    header('Memory-Tenant', 'Tenant that a trusted service account acts for.'),
  ];
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...described } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return described;
}

const problem = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code'],
  properties: {
    type: { type: 'string', format: 'uri-reference' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { enum: Object.keys(problems) },
    instance: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'given', 'allowed'],
        properties: {
          pointer: {
            type: 'string',
            description: 'JSON pointer into the body, or path/, query/ or header/ and a name.',
          },
          given: { type: 'string' },
          allowed: { type: 'string' },
          fix: { type: 'string' },
        },
      },
    },
  },
};
