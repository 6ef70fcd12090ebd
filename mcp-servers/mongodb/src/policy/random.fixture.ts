/** Random pipelines, policies and data, and what of the data a caller may see. */
import fc from 'fast-check';
import { Aggregator } from 'mingo';
import { policySchema } from './policy.ts';

export type Document = Record<string, unknown>;
export type Data = Readonly<Record<string, readonly Document[]>>;

/** Stands in every value that a policy hides, so that it is found wherever it comes out. */
export const CANARY = 'CANARY';
export const names = ['a', 'b', 'c'];
export const caller = { principal: 'ana', tenant: 'x', scopes: new Set<string>(), claims: {} };

const documents = fc
  .array(
    fc.record({
      t: fc.constantFrom('x', 'y'),
      n: fc.integer({ min: 0, max: 4 }),
      s: fc.constantFrom('p', 'q', 'r'),
      next: fc.integer({ min: 0, max: 6 }),
      nested: fc.boolean(),
      list: fc.integer({ min: 0, max: 2 }),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((rows) =>
    rows.map(
      ({ t, n, s, next, nested, list }, id): Document => ({
        _id: id,
        t,
        n,
        s,
        next,
        mark: t === 'x' ? 'own' : 'FOREIGN',
        password: `${CANARY}1-${n}`,
        pay: `${CANARY}2-${s}`,
        ...(nested && { o: { p: n, apiKey: `${CANARY}3`, pay: `${CANARY}4`, inner: { q: s, plan: `${CANARY}5` } } }),
        l: Array.from({ length: list }, (_, at) => ({ p: at, token: `${CANARY}6`, pay: `${CANARY}7` })),
      }),
    ),
  );
export const data: fc.Arbitrary<Data> = fc.record({ a: documents, b: documents, c: documents });

/** What each rule of a policy hides, said once more and in another way, for the comparison. */
const shownByAllow: Readonly<Record<string, readonly string[]>> = {
  some: ['_id', 't', 'n', 's', 'next', 'mark', 'o'],
  few: ['n', 's'],
};
export const policies = fc
  .record(
    Object.fromEntries(
      names.map((name) => [
        name,
        fc.record({
          read: fc.boolean(),
          rows: fc.boolean(),
          allow: fc.constantFrom('all', 'some', 'few'),
          inner: fc.boolean(),
        }),
      ]),
    ) as Record<string, fc.Arbitrary<{ read: boolean; rows: boolean; allow: string; inner: boolean }>>,
  )
  .map((choices) => {
    const collections = Object.fromEntries(
      Object.entries(choices).map(([name, { read, rows, allow, inner }]) => [
        name,
        {
          read: read || name === 'a',
          rows: rows ? { t: { caller: 'tenant' } } : {},
          fields: {
            ...(allow !== 'all' && { allow: shownByAllow[allow] }),
            deny: ['pay', ...(inner ? ['o.inner.plan'] : ['o.inner'])],
          },
        },
      ]),
    );
    return { choices, policy: policySchema.parse({ version: 1, collections }) };
  });
export type Choices = Readonly<
  Record<string, { readonly read: boolean; readonly rows: boolean; readonly allow: string; readonly inner: boolean }>
>;

const path = fc.constantFrom(
  '_id',
  't',
  'n',
  's',
  'next',
  'mark',
  'o',
  'o.p',
  'o.inner',
  'o.inner.q',
  'l',
  'l.p',
  'x',
  'y',
  'x.p',
  'j',
  'j.n',
  'password',
  'pay',
  'o.apiKey',
  'l.token',
  'o.inner.plan',
);
/** One value: mingo joins by lists in another way than the server does. */
const single = fc.constantFrom(
  '_id',
  't',
  'n',
  's',
  'next',
  'o.p',
  'o.inner.q',
  'password',
  'pay',
  'o.apiKey',
  'o.inner.plan',
);
const field = path.map((one) => `$${one}`);
const alias = fc.constantFrom('x', 'y', 'n', 's', 'o', 'pay');
const expression: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 5, arbitrary: field },
  fc.constantFrom('$$ROOT', '$$CURRENT', 1, 'p'),
  fc.record({ $ifNull: fc.tuple(field, field) }),
  fc.record({ $mergeObjects: fc.tuple(fc.constantFrom('$o', '$$ROOT', '$x'), fc.constant({ z: 1 })) }),
  fc.record({ $cond: fc.tuple(fc.record({ $eq: fc.tuple(field, field) }), field, fc.constant(null)) }),
  fc.record({
    $map: fc.record({
      input: fc.constant('$l'),
      as: fc.constant('one'),
      in: fc.constantFrom('$$one', '$$one.p', '$$one.token'),
    }),
  }),
  fc.record({ $getField: fc.constantFrom('password', 'n') }),
  fc.constant({ $objectToArray: '$$ROOT' }),
);
const filter: fc.Arbitrary<Document> = fc.oneof(
  fc
    .tuple(path, fc.oneof(fc.integer({ min: 0, max: 4 }), fc.constantFrom('p', 'x', 'own')))
    .map(([one, value]) => ({ [one]: value })),
  fc
    .tuple(path, fc.constantFrom('$gt', '$ne', '$lte'), fc.constantFrom(1, 'p', CANARY))
    .map(([one, op, value]) => ({ [one]: { [op]: value } })),
  fc.tuple(path, fc.boolean()).map(([one, there]) => ({ [one]: { $exists: there } })),
  fc.record({ $expr: fc.record({ $eq: fc.tuple(expression, expression) }) }),
  fc.record({ $or: fc.tuple(fc.constant({ n: 1 }), fc.constant({ s: 'p' })) }),
);
const collection = fc.constantFrom(...names);

export const { pipeline } = fc.letrec<{ pipeline: Document[]; stage: Document }>((tie) => ({
  pipeline: fc.array(tie('stage'), { maxLength: 4 }),
  stage: fc.oneof(
    { depthSize: 'small' },
    fc.record({ $match: filter }),
    fc.tuple(alias, expression).map(([name, value]) => ({ $project: { [name]: value } })),
    fc.tuple(alias, expression).map(([name, value]) => ({ $addFields: { [name]: value } })),
    fc
      .tuple(expression, expression)
      .map(([id, value]) => ({ $group: { _id: id, x: { $push: value }, n: { $sum: 1 } } })),
    fc.constantFrom({ $unwind: '$l' }, { $unwind: '$j' }, { $unwind: '$x' }),
    fc.constantFrom(
      { $replaceRoot: { newRoot: { $ifNull: ['$o', { x: 1 }] } } },
      { $replaceRoot: { newRoot: { x: '$$ROOT' } } },
    ),
    fc.constantFrom(
      { $sort: { n: 1, _id: 1 } },
      { $limit: 3 },
      { $skip: 1 },
      { $count: 'n' },
      { $unset: 's' },
      { $project: { n: 0 } },
    ),
    fc
      .tuple(collection, single, single)
      .map(([from, localField, foreignField]) => ({ $lookup: { from, localField, foreignField, as: 'j' } })),
    fc.tuple(collection, tie('pipeline')).map(([from, inner]) => ({ $lookup: { from, pipeline: inner, as: 'j' } })),
    fc.tuple(collection, tie('pipeline')).map(([coll, inner]) => ({ $unionWith: { coll, pipeline: inner } })),
    fc.tuple(collection, single).map(([from, to]) => ({
      $graphLookup: { from, startWith: '$next', connectFromField: 'next', connectToField: to, as: 'j', maxDepth: 2 },
    })),
    fc.tuple(tie('pipeline'), tie('pipeline')).map(([x, y]) => ({ $facet: { x, y } })),
  ),
}));

/** What a database gives: rows, or an error where types do not fit the operators. */
export function run(stages: readonly object[], documentsOf: Data, from: string): Document[] | 'error' {
  try {
    return new Aggregator(structuredClone(stages) as Document[], {
      collectionResolver: (name: string) => structuredClone(documentsOf[name] ?? []) as Document[],
    }).run(structuredClone(documentsOf[from] ?? []) as Document[]) as Document[];
  } catch (error) {
    if (error instanceof Error && /^\$|expression/.test(error.message)) return 'error';
    throw error;
  }
}

/** The caller's part of the data. */
export function restricted(all: Data, choices: Choices): Data {
  const secrets = new Set(['password', 'apiKey', 'token', 'pay']);
  const cleaned = (value: unknown, at: string, inner: boolean): unknown => {
    if (Array.isArray(value)) return value.map((one) => cleaned(one, at, inner));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, item]) => {
        const here = at === '' ? key : `${at}.${key}`;
        const hidden = secrets.has(key) || here === (inner ? 'o.inner.plan' : 'o.inner');
        return hidden ? [] : [[key, cleaned(item, here, inner)]];
      }),
    );
  };
  return Object.fromEntries(
    names.map((name) => {
      const { rows = false, allow = 'all', inner = false } = choices[name] ?? {};
      const own = (all[name] ?? []).filter(({ t }) => !rows || t === 'x');
      const shown = shownByAllow[allow];
      return [
        name,
        own.map((one) => {
          const visible = cleaned(one, '', inner) as Document;
          return shown ? Object.fromEntries(Object.entries(visible).filter(([key]) => shown.includes(key))) : visible;
        }),
      ];
    }),
  );
}

export function pathsOf(rows: readonly Document[]): string[] {
  const paths = new Set<string>();
  const visit = (value: unknown, prefix: string): void => {
    if (Array.isArray(value)) for (const one of value) visit(one, prefix);
    else if (typeof value === 'object' && value !== null)
      for (const [key, item] of Object.entries(value)) {
        paths.add(`${prefix}${key}`);
        visit(item, `${prefix}${key}.`);
      }
  };
  visit(rows, '');
  return [...paths];
}
