import { describe, expect, it } from 'vitest';
import type { Policed } from '../policy/apply.ts';
import type { Index } from './database.ts';
import { fieldsOf, isServed, reachesOf } from './reach.ts';
import { refuseScans, summaryOf } from './scan.ts';

const aggregate = (pipeline: readonly object[]) =>
  ({ operation: 'aggregate', collection: 'a', pipeline, limit: 11 }) as Policed;
const index = (key: Index['key'], partial = false): Index => ({ name: 'i', key, unique: false, partial });

describe('reachesOf', () => {
  it('names every place that a query reads', () => {
    const reaches = reachesOf(
      aggregate([
        { $match: { t: { $eq: 'x' } } },
        { $project: { secret: 0 } },
        { $match: { n: { $gt: 1 } } },
        {
          $facet: {
            f: [
              {
                $lookup: {
                  from: 'b',
                  localField: 'x',
                  foreignField: 'id',
                  pipeline: [{ $unionWith: { coll: 'c', pipeline: [] } }],
                  as: 'j',
                },
              },
            ],
          },
        },
        { $graphLookup: { from: 'd', connectToField: 'up', as: 'g' } },
      ]),
    );
    expect(reaches.map(({ collection, fields }) => [collection, fields])).toEqual([
      ['a', ['t', 'n']],
      ['b', ['id']],
      ['c', []],
      ['d', ['up']],
    ]);
  });

  it('tells what stops early from what reads to the end', () => {
    expect(reachesOf(aggregate([{ $project: { s: 0 } }, { $limit: 11 }]))[0]?.stopsEarly).toBe(true);
    expect(reachesOf(aggregate([{ $match: { a: 1 } }, { $limit: 11 }]))[0]?.stopsEarly).toBe(false);
    expect(reachesOf(aggregate([{ $group: { _id: 1 } }, { $limit: 11 }]))[0]?.stopsEarly).toBe(false);
    expect(reachesOf(aggregate([{ $sort: { a: 1 } }, { $limit: 11 }]))[0]).toMatchObject({
      stopsEarly: false,
      order: 'a',
    });
  });
});

describe('isServed', () => {
  const reach = { collection: 'a', fields: ['t', 'n'], order: 'at', stopsEarly: false };
  it.each([
    [{ n: 1 }, true],
    [{ t: 1, z: 1 }, true],
    [{ at: -1 }, true],
    [{ z: 1, t: 1 }, false],
  ])('by an index of %j: %s', (key, served) => {
    expect(isServed(reach, [index({ _id: 1 }), index(key)])).toBe(served);
  });
  it('not by an index of some documents', () => {
    expect(isServed(reach, [index({ n: 1 }, true)])).toBe(false);
  });
});

it('fields that narrow down what is read', () => {
  expect(
    fieldsOf({
      a: 1,
      b: { $in: [1] },
      c: { $ne: 1 },
      d: { $exists: true },
      e: { $regex: '^abc' },
      f: { $regex: 'abc' },
      g: { $regex: '^a', $options: 'i' },
      $or: [{ h: 1 }],
      $and: [{ i: { $gt: 1 } }],
      $expr: { $eq: ['$j', '$$v'] },
    }),
  ).toEqual(['a', 'b', 'e', 'i', 'j']);
});

it('a refusal names the collection, its size and an index that would help', () => {
  const plan = { collection: 'runs', documents: 5000, reads: 'scan', helps: '{"status":1}' } as const;
  expect(() => refuseScans([plan], 1000)).toThrow("'runs' (5000 documents)");
  expect(() => refuseScans([{ ...plan, reads: 'index' }], 1000)).not.toThrow();
});

it('reads the plan of a server, rejected plans left out', () => {
  const found = {
    queryPlanner: {
      winningPlan: { stage: 'FETCH', inputStage: { stage: 'IXSCAN', indexName: 'n_1' } },
      rejectedPlans: [{ stage: 'COLLSCAN' }],
    },
  };
  expect(summaryOf(found)).toEqual({ scans: false, indexes: ['n_1'] });
  expect(summaryOf({ stages: [{ $cursor: { queryPlanner: { winningPlan: { stage: 'COLLSCAN' } } } }] })).toEqual({
    scans: true,
    indexes: [],
  });
});
