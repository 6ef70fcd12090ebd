/** Compiles a plan to MongoDB: the same plan gives the same query, byte for byte. For MongoDB 7. */
import type { Catalogue, Field } from '../catalogue/catalogue.ts';
import type { Condition, Having, Plan, PlanMeasure } from '../plan/plan.ts';
import { expressionOf, type Filter, filterOf, isConverted, merged } from './filter.ts';
import { type Known, knownFields } from './known-fields.ts';

export type Stage = Readonly<Record<string, unknown>>;

export type Mql =
  | {
      readonly collection: string;
      readonly operation: 'find';
      readonly filter: Filter;
      readonly projection: Readonly<Record<string, unknown>>;
      readonly sort?: Readonly<Record<string, 1 | -1>>;
      readonly limit?: number;
    }
  | { readonly collection: string; readonly operation: 'aggregate'; readonly pipeline: readonly Stage[] };

/** @throws UnknownPath where the plan names what the catalogue does not have */
export function compile(plan: Plan, catalogue: Catalogue): Mql {
  const known = knownFields(plan, catalogue);
  return canFind(plan, known)
    ? find(plan, known)
    : { collection: plan.collection, operation: 'aggregate', pipeline: pipeline(plan, known) };
}

function canFind(plan: Plan, known: Known): boolean {
  const { unwind, joins, group, distinct, order, where } = plan;
  if (unwind.length + joins.length > 0 || group || distinct || aggregatesOf(where).length > 0) return false;
  return order.every(({ by }) => !isConverted(known.field(by)));
}

function find(plan: Plan, known: Known): Mql {
  const paths = plan.output.map(({ from }) => from);
  const projection = Object.fromEntries([
    ...paths.map((path) => [path, 1]),
    ...(paths.includes('_id') ? [] : [['_id', 0]]),
  ]);
  return {
    collection: plan.collection,
    operation: 'find',
    filter: plan.where ? filterOf(plan.where, known.field, () => '') : {},
    projection,
    ...(plan.order.length > 0 && {
      sort: Object.fromEntries(plan.order.map(({ by, descending }) => [by, descending ? -1 : 1])),
    }),
    ...(plan.limit !== undefined && { limit: plan.limit }),
  };
}

function pipeline(plan: Plan, known: Known): Stage[] {
  const aggregates = aggregatesOf(plan.where);
  const alias = (condition: (typeof aggregates)[number]) => `_than${aggregates.indexOf(condition) + 1}`;
  const conditions = plan.where ? (plan.where.kind === 'all' ? plan.where.of : [plan.where]) : [];
  const filter = (some: readonly Condition[]) =>
    some.length > 0 ? [{ $match: merged(some.map((one) => filterOf(one, known.field, alias))) }] : [];
  const joined = (condition: Condition) => known.isJoined(condition) || aggregatesOf(condition).length > 0;
  const early = conditions.filter((condition) => !joined(condition) && !known.isWithin(condition, plan.unwind));
  const unwound = conditions.filter((condition) => !joined(condition) && known.isWithin(condition, plan.unwind));
  return [
    ...filter(early),
    ...plan.unwind.map((path) => ({ $unwind: `$${path}` })),
    ...filter(unwound),
    ...plan.joins.flatMap(({ collection, localField, foreignField, as, unwind }) => [
      { $lookup: { from: collection, localField, foreignField, as } },
      ...(unwind ? [{ $unwind: `$${as}` }] : []),
    ]),
    ...aggregates.flatMap((condition) => [
      { $lookup: { from: plan.collection, pipeline: aggregateOver(plan, condition, known), as: alias(condition) } },
      { $unwind: `$${alias(condition)}` },
    ]),
    ...filter(conditions.filter(joined)),
    ...(plan.group ? grouped(plan, plan.group, known) : rows(plan, known)),
  ];
}

type Aggregate = Extract<Condition, { kind: 'aggregate' }>;

function aggregatesOf(condition: Condition | undefined): Aggregate[] {
  if (!condition) return [];
  if (condition.kind === 'aggregate') return [condition];
  if (condition.kind === 'all' || condition.kind === 'any') return condition.of.flatMap(aggregatesOf);
  return condition.kind === 'not' ? aggregatesOf(condition.of) : [];
}

/** Without a condition that names a row of the outer query, the server runs it once. */
const aggregateOver = (plan: Plan, { than }: Aggregate, known: Known): Stage[] => [
  ...plan.unwind.map((path) => ({ $unwind: `$${path}` })),
  { $group: { _id: null, value: { [`$${than.op}`]: expressionOf(than.path, known.field(than.path)) } } },
];

function rows(plan: Plan, known: Known): Stage[] {
  const project = (from: (path: string, name: string) => unknown) => ({
    $project: { _id: 0, ...Object.fromEntries(plan.output.map(({ name, from: path }) => [name, from(path, name)])) },
  });
  const sort = sorting(plan.order.map(({ by, descending }) => ({ by, descending, field: known.field(by) })));
  const limit = plan.limit === undefined ? [] : [{ $limit: plan.limit }];
  if (!plan.distinct) return [...sort, ...limit, project((path) => `$${path}`)];
  const id = Object.fromEntries(plan.output.map(({ name, from }) => [name, `$${from}`]));
  const byName = plan.order.flatMap(({ by, descending }) => {
    const name = plan.output.find(({ from }) => from === by)?.name;
    return name === undefined ? [] : [{ by: name, descending, field: known.field(by) }];
  });
  return [{ $group: { _id: id } }, project((_, name) => `$_id.${name}`), ...sorting(byName), ...limit];
}

function grouped(plan: Plan, group: NonNullable<Plan['group']>, known: Known): Stage[] {
  const id = group.by.length === 0 ? null : Object.fromEntries(group.by.map(({ name, path }) => [name, `$${path}`]));
  const isKey = (name: string) => group.by.some((key) => key.name === name);
  const at = (name: string) => (isKey(name) ? `_id.${name}` : name);
  const sizes = group.measures.filter(({ distinct, op }) => distinct && op === 'count');
  const order = plan.order.map(({ by, descending }) => ({ by: at(by), descending, field: undefined }));
  return [
    {
      $group: {
        _id: id,
        ...Object.fromEntries(group.measures.map((measure) => [measure.name, accumulator(measure, known)])),
      },
    },
    ...(sizes.length > 0
      ? [{ $addFields: Object.fromEntries(sizes.map(({ name }) => [name, { $size: withoutNull(name) }])) }]
      : []),
    ...(group.having.length > 0 ? [{ $match: merged(group.having.map(havingFilter)) }] : []),
    ...sorting(order),
    ...(plan.limit === undefined ? [] : [{ $limit: plan.limit }]),
    { $project: { _id: 0, ...Object.fromEntries(plan.output.map(({ name, from }) => [name, `$${at(from)}`])) } },
  ];
}

const withoutNull = (name: string) => ({ $setDifference: [`$${name}`, [null]] });

function accumulator({ op, path, distinct }: PlanMeasure, known: Known): unknown {
  if (path === undefined) return { $sum: 1 };
  const value = expressionOf(path, known.field(path));
  if (op === 'count' && distinct) return { $addToSet: `$${path}` };
  if (op === 'count') return { $sum: { $cond: [{ $ne: [{ $ifNull: [`$${path}`, null] }, null] }, 1, 0] } };
  return { [`$${op}`]: value };
}

const comparisons = { eq: '$eq', ne: '$ne', gt: '$gt', ge: '$gte', lt: '$lt', le: '$lte' } as const;

const havingFilter = ({ measure, op, value }: Having): Filter => ({ [measure]: { [comparisons[op]]: value } });

/** Text that holds numbers or dates is ordered by what it stands for. */
function sorting(
  keys: readonly { readonly by: string; readonly descending: boolean; readonly field: Field | undefined }[],
): Stage[] {
  if (keys.length === 0) return [];
  const converted = keys.filter(({ field }) => field !== undefined && isConverted(field));
  const name = (by: string) => `_by_${by.replaceAll('.', '_')}`;
  return [
    ...(converted.length > 0
      ? [
          {
            $addFields: Object.fromEntries(
              converted.map(({ by, field }) => [name(by), field && expressionOf(by, field)]),
            ),
          },
        ]
      : []),
    {
      $sort: Object.fromEntries(
        keys.map(({ by, descending, field }) => [
          field !== undefined && isConverted(field) ? name(by) : by,
          descending ? -1 : 1,
        ]),
      ),
    },
  ];
}
