/** The typed plan of a query: all that the compiler needs, and nothing that it could not check against the catalogue. */
import * as z from 'zod';

const path = z.string().min(1).max(200);
const name = z.string().regex(/^(?!__proto__$)[A-Za-z_][A-Za-z0-9_]{0,63}$/);
const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** A calendar day of the time zone that the question was read in. */
const day = z.strictObject({ year: z.int(), month: z.int(), day: z.int() });

/** A period of time: from `start` to before `end`; `first` and `last` are its days. */
const period = z.strictObject({
  start: z.iso.datetime(),
  end: z.iso.datetime(),
  first: day,
  last: day,
  instant: z.boolean(),
});

const value = z.union([scalar, z.strictObject({ period })]);
const comparison = z.enum(['eq', 'ne', 'gt', 'ge', 'lt', 'le']);
const measureOp = z.enum(['count', 'sum', 'avg', 'min', 'max']);

const leaf = z.discriminatedUnion('kind', [
  /** Any of `values` for `eq`, none of them for `ne`; the others take one. */
  z.strictObject({ kind: z.literal('compare'), path, op: comparison, values: z.array(value).min(1).max(200) }),
  /** Any of `texts`, whatever their case. */
  z.strictObject({
    kind: z.literal('text'),
    path,
    how: z.enum(['contains', 'starts', 'ends']),
    texts: z.array(z.string().min(1).max(200)).min(1).max(20),
    negated: z.boolean(),
  }),
  z.strictObject({ kind: z.literal('missing'), path, negated: z.boolean() }),
  /** The number of elements of an array. */
  z.strictObject({ kind: z.literal('size'), path, op: comparison, count: z.int().min(0) }),
  /** Compares with an aggregate over the whole collection. */
  z.strictObject({
    kind: z.literal('aggregate'),
    path,
    op: comparison,
    than: z.strictObject({ op: z.enum(['avg', 'min', 'max']), path }),
  }),
]);

export type Condition =
  | z.infer<typeof leaf>
  | { readonly kind: 'all' | 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  /** Some element of the array at `path` meets every condition in `where`, whose paths are from the root of the document. */
  | { readonly kind: 'some'; readonly path: string; readonly where: readonly Condition[]; readonly negated: boolean };

const condition: z.ZodType<Condition> = z.lazy(() =>
  z.union([
    leaf,
    z.strictObject({ kind: z.enum(['all', 'any']), of: z.array(condition).min(1).max(50) }),
    z.strictObject({ kind: z.literal('not'), of: condition }),
    z.strictObject({ kind: z.literal('some'), path, where: z.array(condition).max(20), negated: z.boolean() }),
  ]),
);

const join = z.strictObject({
  collection: z.string().min(1),
  localField: path,
  foreignField: path,
  /** Name under which the joined document is found. */
  as: name,
  /** A row for each joined document; otherwise they stay an array. */
  unwind: z.boolean(),
});

const key = z.strictObject({ name, path });

const measure = z.strictObject({
  name,
  op: measureOp,
  /** Absent: rows are counted. */
  path: path.optional(),
  /** Counts different values. */
  distinct: z.boolean().default(false),
});

const having = z.strictObject({ measure: name, op: comparison, value: z.number() });

export const planSchema = z.strictObject({
  collection: z.string().min(1),
  /** Arrays of documents whose elements become rows, from the outside in. */
  unwind: z.array(path).max(6).default([]),
  joins: z.array(join).max(4).default([]),
  where: condition.optional(),
  group: z
    .strictObject({
      by: z.array(key).max(8),
      measures: z.array(measure).max(12),
      having: z.array(having).max(8).default([]),
    })
    .optional(),
  /** By a path, or after grouping by the name of a key or a measure. */
  order: z
    .array(z.strictObject({ by: z.string().min(1), descending: z.boolean() }))
    .max(8)
    .default([]),
  limit: z.int().min(1).max(100_000).optional(),
  /** Rows that are equal in every output are shown once. */
  distinct: z.boolean().default(false),
  /** Columns; `from` is a path, or after grouping the name of a key or a measure. */
  output: z.array(z.strictObject({ name, from: z.string().min(1) })).max(200),
});

export type Plan = z.output<typeof planSchema>;
export type PlanMeasure = z.output<typeof measure>;
export type PlanValue = z.infer<typeof value>;
export type PlanPeriod = z.infer<typeof period>;
export type PlanComparison = z.infer<typeof comparison>;
export type Having = z.infer<typeof having>;
