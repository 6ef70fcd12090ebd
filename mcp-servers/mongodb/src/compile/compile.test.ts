import { Aggregator, Query } from 'mingo';
import { describe, expect, it } from 'vitest';
import { catalogueOf, type Sampled, sampleCollection } from '../catalogue/learn.ts';
import { type Plan, type PlanPeriod, planSchema } from '../plan/plan.ts';
import { readBack } from '../plan/read-back.ts';
import { compile } from './compile.ts';
import { NotWithinArray } from './filter.ts';
import { UnknownPath } from './known-fields.ts';

const documents = [
  {
    n: 1,
    age: '9',
    day: '2020-05-03',
    slash: '05/03/2020',
    at: new Date('2020-05-03T10:00:00Z'),
    seconds: 1_588_500_000,
    year: 2020,
    items: [{ kind: 'a', size: 1 }],
    owner: 'x',
  },
  {
    n: 2,
    age: '40',
    day: '2020-06-01',
    slash: '06/01/2020',
    at: new Date('2020-06-01T00:00:00Z'),
    seconds: 1_590_969_600,
    year: 2021,
    items: [
      { kind: 'b', size: 5 },
      { kind: 'a', size: 7 },
    ],
    owner: 'y',
  },
  {
    n: 3,
    age: '100',
    day: '2021-05-03',
    slash: '05/03/2021',
    at: new Date('2021-05-03T10:00:00Z'),
    seconds: 1_620_036_000,
    year: 2022,
    items: [],
    owner: null,
  },
] as const satisfies readonly Sampled[];
// `secondsAt` has the name of a time, as a number needs one to be taken for it.
const things = documents.map(({ seconds, ...rest }) => ({ ...rest, secondsAt: seconds }));
const catalogue = catalogueOf([sampleCollection('things', things)]);

const may: PlanPeriod = {
  start: '2020-05-01T00:00:00.000Z',
  end: '2020-06-01T00:00:00.000Z',
  first: { year: 2020, month: 5, day: 1 },
  last: { year: 2020, month: 5, day: 31 },
  instant: false,
};

const plan = (own: Partial<Plan>): Plan =>
  planSchema.parse({ collection: 'things', output: [{ name: 'n', from: 'n' }], ...own });

function run(own: Partial<Plan>): unknown[] {
  const mql = compile(plan(own), catalogue);
  if (mql.operation === 'find')
    return new Query(mql.filter)
      .find<{ n: number }>([...things], mql.projection)
      .all()
      .map(({ n }) => n);
  const stages = mql.pipeline.map((stage) => ({ ...stage }));
  return new Aggregator(stages, { collectionResolver: () => [...things] }).run([...things]);
}

describe('conditions', () => {
  it.each(['day', 'slash', 'at', 'secondsAt'])('holds %s to a period, in the form of the field', (path) => {
    expect(run({ where: { kind: 'compare', path, op: 'eq', values: [{ period: may }] } })).toEqual([1]);
  });

  it.each([
    ['lt', []],
    ['ge', [1, 2, 3]],
    ['gt', [2, 3]],
    ['le', [1]],
  ] as const)('%s of a period is about its near end', (op, expected) => {
    expect(run({ where: { kind: 'compare', path: 'at', op, values: [{ period: may }] } })).toEqual(expected);
    expect(run({ where: { kind: 'compare', path: 'day', op, values: [{ period: may }] } })).toEqual(expected);
    expect(run({ where: { kind: 'compare', path: 'slash', op, values: [{ period: may }] } })).toEqual(expected);
  });

  it('compares text that holds numbers as numbers', () => {
    expect(run({ where: { kind: 'compare', path: 'age', op: 'gt', values: [10] } })).toEqual([2, 3]);
    expect(run({ where: { kind: 'compare', path: 'age', op: 'eq', values: [9] } })).toEqual([1]);
  });

  it('asks for some element that meets all, or for none', () => {
    const where = [
      { kind: 'compare', path: 'items.kind', op: 'eq', values: ['a'] },
      { kind: 'compare', path: 'items.size', op: 'lt', values: [6] },
    ] as const;
    const some = {
      kind: 'some',
      path: 'items',
      where: where.map((one) => ({ ...one, values: [...one.values] })),
    } as const;
    expect(run({ where: { ...some, negated: false } })).toEqual([1]);
    expect(run({ where: { ...some, negated: true } })).toEqual([2, 3]);
    expect(run({ where: { kind: 'some', path: 'items', where: [], negated: true } })).toEqual([3]);
  });

  it('joins conditions', () => {
    const owner = (value: string) => ({ kind: 'compare', path: 'owner', op: 'eq', values: [value] }) as const;
    const both = [owner('x'), owner('y')].map((one) => ({ ...one, values: [...one.values] }));
    expect(run({ where: { kind: 'any', of: both } })).toEqual([1, 2]);
    expect(run({ where: { kind: 'all', of: both } })).toEqual([]);
    expect(run({ where: { kind: 'not', of: { kind: 'any', of: both } } })).toEqual([3]);
    expect(run({ where: { kind: 'missing', path: 'owner', negated: false } })).toEqual([3]);
    expect(run({ where: { kind: 'size', path: 'items', op: 'ge', count: 2 } })).toEqual([2]);
  });

  it('takes text literally, whatever characters it has', () => {
    const mql = compile(
      plan({ where: { kind: 'text', path: 'owner', how: 'starts', texts: ['a.*(b'], negated: false } }),
      catalogue,
    );
    expect(mql).toMatchObject({ filter: { owner: { $regex: '^a\\.\\*\\(b', $options: 'i' } } });
  });
});

describe('compile', () => {
  it('matches before it unwinds, and elements after', () => {
    const mql = compile(
      plan({
        unwind: ['items'],
        where: {
          kind: 'all',
          of: [
            { kind: 'compare', path: 'n', op: 'gt', values: [1] },
            { kind: 'compare', path: 'items.kind', op: 'eq', values: ['a'] },
          ],
        },
        output: [{ name: 'size', from: 'items.size' }],
      }),
      catalogue,
    );
    expect(mql).toEqual({
      collection: 'things',
      operation: 'aggregate',
      pipeline: [
        { $match: { n: { $gt: 1 } } },
        { $unwind: '$items' },
        { $match: { 'items.kind': 'a' } },
        { $project: { _id: 0, size: '$items.size' } },
      ],
    });
  });

  it('groups, keeps groups, orders them and limits', () => {
    const group = {
      by: [{ name: 'kind', path: 'items.kind' }],
      measures: [
        { name: 'count', op: 'count' as const, distinct: false },
        { name: 'sum_size', op: 'sum' as const, path: 'items.size', distinct: false },
      ],
      having: [{ measure: 'count', op: 'ge' as const, value: 2 }],
    };
    const output = [
      { name: 'kind', from: 'kind' },
      { name: 'sum_size', from: 'sum_size' },
    ];
    expect(run({ unwind: ['items'], group, order: [{ by: 'sum_size', descending: true }], limit: 1, output })).toEqual([
      { kind: 'a', sum_size: 8 },
    ]);
  });

  it('compares with an aggregate over all', () => {
    const where = { kind: 'aggregate', path: 'n', op: 'gt', than: { op: 'avg', path: 'n' } } as const;
    expect(run({ where })).toEqual([{ n: 3 }]);
  });

  it('orders text that holds numbers by the numbers', () => {
    expect(run({ order: [{ by: 'age', descending: true }] })).toEqual([{ n: 3 }, { n: 2 }, { n: 1 }]);
  });

  it('refuses to compare converted text within an array', () => {
    const nested = catalogueOf([sampleCollection('things', [{ n: 1, items: [{ age: '9' }, { age: '40' }] }])]);
    const where = {
      kind: 'some',
      path: 'items',
      where: [{ kind: 'compare', path: 'items.age', op: 'gt', values: [10] }],
      negated: false,
    } as const;
    const own = planSchema.parse({ collection: 'things', output: [{ name: 'n', from: 'n' }], where });
    expect(() => compile(own, nested)).toThrow(NotWithinArray);
  });

  it('refuses a plan that names what the catalogue does not have', () => {
    expect(() => compile(plan({ output: [{ name: 'x', from: 'secret' }] }), catalogue)).toThrow(UnknownPath);
    expect(() => compile(plan({ unwind: ['owner'] }), catalogue)).toThrow("There is no 'owner' in 'things'");
    expect(() => compile(plan({ collection: 'others' }), catalogue)).toThrow(UnknownPath);
  });
});

describe('planSchema', () => {
  it('refuses operators of the database and what it does not know', () => {
    const bad = {
      collection: 'things',
      output: [],
      where: { kind: 'compare', path: 'n', op: 'eq', values: [{ $gt: '' }] },
    };
    expect(planSchema.safeParse(bad).success).toBe(false);
    expect(planSchema.safeParse({ collection: 'things', output: [], pipeline: [] }).success).toBe(false);
  });
});

describe('readBack', () => {
  it('says a plan in one sentence', () => {
    expect(
      readBack(
        plan({
          where: { kind: 'compare', path: 'at', op: 'eq', values: [{ period: may }] },
          order: [{ by: 'n', descending: true }],
          limit: 5,
        }),
      ),
    ).toBe('The n of things where at within 2020-05-01 to 2020-05-31 ordered by n, highest first only the first 5.');
    expect(readBack(plan({ where: { kind: 'compare', path: 'at', op: 'ne', values: [{ period: may }] } }))).toBe(
      'The n of things where at is not within 2020-05-01 to 2020-05-31.',
    );
    expect(readBack(plan({ distinct: true, where: { kind: 'some', path: 'items', where: [], negated: true } }))).toBe(
      'Every different n of things where there is none of items.',
    );
  });
});
