/** Makes of a query the one that is sent: the policy is in it at every level. */
import { ToolRefusal } from '@ai-orchestra/mcp-kit';
import type { Access, CollectionAccess, RowFilter } from './access.ts';
import { guardOf, type KnownPaths, type Pipeline } from './guard.ts';
import { Check, type Dialect, type Place } from './language/check.ts';
import { checkProjection, checkSort } from './language/fields.ts';
import { checkFilter } from './language/filter.ts';
import { policedFrom } from './language/stages.ts';
import { prove } from './prove.ts';

/** A query as the caller asks for it. */
export type Request =
  | {
      readonly operation: 'find';
      readonly collection: string;
      readonly filter?: unknown;
      readonly projection?: unknown;
      readonly sort?: unknown;
      readonly skip?: number;
      readonly limit?: number;
    }
  | {
      readonly operation: 'aggregate';
      readonly collection: string;
      readonly pipeline: unknown;
      readonly skip?: number;
    };

/** A query that may be sent. */
export type Policed =
  | {
      readonly operation: 'find';
      readonly collection: string;
      readonly filter: Readonly<Record<string, unknown>>;
      readonly projection: Readonly<Record<string, 0 | 1>>;
      readonly sort: Readonly<Record<string, 1 | -1>>;
      readonly skip: number;
      readonly limit: number;
    }
  | {
      readonly operation: 'aggregate';
      readonly collection: string;
      readonly pipeline: Pipeline;
      readonly limit: number;
    };

export interface PolicyContext {
  readonly access: Access;
  readonly knownPaths: KnownPaths;
  readonly dialect: Dialect;
  /** Most rows of an answer. */
  readonly documents: number;
}

/**
 * The policy in a query. One row more is read than is shown: it tells whether there are more.
 * @throws ToolRefusal with every part of the query that may not be, or does not make sense
 */
export function applyPolicy(request: Request, context: PolicyContext): Policed {
  const { access, knownPaths, dialect } = context;
  const own = access.collection(request.collection);
  const documents = Math.min(context.documents, own?.limits.documents ?? context.documents);
  const check = new Check(access, knownPaths, dialect, documents);
  const written = request.operation === 'find' ? find(request, check, documents) : aggregate(request, check, documents);
  check.finish();
  // Not reached without a mistake, which is told above.
  if (!written)
    throw new ToolRefusal(
      'policy',
      `'${request.collection}' may not be read.`,
      'Use a collection that list_collections gives.',
    );
  prove(written, context);
  return written;
}

const rootPlace = (at: string): Place => ({ at, variables: new Set(), depth: 0 });

function find(request: Extract<Request, { operation: 'find' }>, check: Check, documents: number): Policed | undefined {
  const { collection, filter = {}, projection = {}, sort = {}, skip = 0 } = request;
  const limit = Math.min(request.limit ?? documents, documents) + 1;
  const access = check.collection(collection, rootPlace('collection'));
  if (!access) return undefined;
  const documentsAt = (at: string) => ({ ...rootPlace(at), documents: access });
  checkFilter(filter, documentsAt('filter'), check);
  if (!isEmpty(projection)) checkFlags(projection, documentsAt('projection'), check);
  if (!isEmpty(sort)) checkSort(sort, documentsAt('sort'), check);
  const guard = guardOf(access, check.knownPaths(collection));
  const query = {
    filter: filter as object,
    projection: projection as Record<string, 0 | 1>,
    sort: sort as Record<string, 1 | -1>,
  };
  if (guard.some((stage) => '$project' in stage))
    return {
      operation: 'aggregate',
      collection,
      limit,
      pipeline: [
        ...guard,
        ...(isEmpty(query.filter) ? [] : [{ $match: query.filter }]),
        ...(isEmpty(query.sort) ? [] : [{ $sort: query.sort }]),
        ...(skip > 0 ? [{ $skip: skip }] : []),
        ...(isEmpty(query.projection) ? [] : [{ $project: query.projection }]),
        { $limit: limit },
      ],
    };
  return { operation: 'find', collection, ...query, filter: together(access.rows, query.filter), skip, limit };
}

function aggregate(
  request: Extract<Request, { operation: 'aggregate' }>,
  check: Check,
  documents: number,
): Policed | undefined {
  const { collection, pipeline, skip = 0 } = request;
  const limit = documents + 1;
  const written = policedFrom(collection, pipeline, rootPlace('pipeline'), check);
  return {
    operation: 'aggregate',
    collection,
    limit,
    pipeline: [...written, ...(skip > 0 ? [{ $skip: skip }] : []), { $limit: limit }],
  };
}

const isEmpty = (value: unknown) => typeof value === 'object' && value !== null && Object.keys(value).length === 0;

/** The caller's rows first, whatever the filter says. */
function together(rows: RowFilter, filter: object): Readonly<Record<string, unknown>> {
  if (isEmpty(rows)) return { ...filter };
  return { $and: isEmpty(filter) ? [rows] : [rows, filter] };
}

function checkFlags(projection: unknown, place: Place & { readonly documents: CollectionAccess }, check: Check): void {
  checkProjection(projection, place, check);
  for (const [path, value] of Object.entries(projection as object))
    if (![0, 1, true, false].includes(value as number | boolean))
      check.mistake(
        'argument',
        { ...place, at: `projection.${path}` },
        'a field is shown (1) or left out (0)',
        'Compute values with aggregate.',
      );
}
