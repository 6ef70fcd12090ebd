/** Conditions on objects, as callers write them. */
import * as z from 'zod';

const DEEPEST = 5;
const LONGEST_TEXT = 1000;
const MOST_VALUES = 200;

const scalar = z.union([z.string().max(LONGEST_TEXT), z.number(), z.boolean()]);

export const operators = [
  'equal',
  'not_equal',
  'greater_than',
  'greater_or_equal',
  'less_than',
  'less_or_equal',
  'like',
  'contains_any',
  'contains_all',
  'contains_none',
  'is_null',
  'within_km',
] as const;
export type Operator = (typeof operators)[number];

const comparison = z
  .strictObject({
    property: z.string().min(1).max(256).describe('A property, or _id, _created, _updated'),
    operator: z.enum(operators),
    value: z
      .union([
        scalar,
        z.array(scalar).min(1).max(MOST_VALUES),
        z.strictObject({
          latitude: z.number().min(-90).max(90),
          longitude: z.number().min(-180).max(180),
          km: z.number().positive().max(20_100),
        }),
      ])
      .describe('Of the type of the property; dates as 2026-05-01 or RFC 3339; like takes * and ?'),
  })
  .meta({ id: 'Comparison' });

export type Comparison = z.output<typeof comparison>;
export type Filter =
  | Comparison
  | { readonly and: readonly Filter[] }
  | { readonly or: readonly Filter[] }
  | { readonly not: Filter };

const several = z.lazy(() => z.array(tree).min(1).max(20));
const tree: z.ZodType<Filter> = z
  .lazy(() =>
    z.union([
      comparison,
      z.strictObject({ and: several }),
      z.strictObject({ or: several }),
      z.strictObject({ not: tree }),
    ]),
  )
  .meta({ id: 'Filter' });

/** The depth is looked at first, without recursion: what is nested without end would end the stack. */
export const filterSchema = z.preprocess((given, context) => {
  if (depthOf(given, DEEPEST + 1) <= DEEPEST) return given;
  context.addIssue(`a tree of at most ${DEEPEST} levels of and, or, not`);
  return z.NEVER;
}, tree);

function depthOf(given: unknown, most: number): number {
  let level: unknown[] = [given];
  for (let depth = 0; depth < most; depth += 1) {
    const below = level.flatMap(children);
    if (below.length === 0) return depth;
    level = below;
  }
  return most;
}

function children(given: unknown): readonly unknown[] {
  if (typeof given !== 'object' || given === null) return [];
  const { and, or, not } = given as { readonly and?: unknown; readonly or?: unknown; readonly not?: unknown };
  const list = (value: unknown) => (Array.isArray(value) ? value : value === undefined ? [] : [value]);
  return [...list(and), ...list(or), ...(not === undefined ? [] : [not])];
}
