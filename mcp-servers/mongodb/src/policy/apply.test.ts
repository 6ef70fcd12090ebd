import { ToolRefusal } from '@ai-orchestra/mcp-kit';
import { describe, expect, it } from 'vitest';
import { accessOf } from './access.ts';
import { applyPolicy, type PolicyContext, type Request } from './apply.ts';
import { policySchema } from './policy.ts';
import { NotProven, prove } from './prove.ts';

const policy = policySchema.parse({
  version: 1,
  collections: {
    agents: { rows: { t: { caller: 'tenant' } }, fields: { deny: ['o.pay'] } },
    runs: { fields: { allow: ['_id', 'n'] } },
    open: {},
    few: { limits: { documents: 5 } },
  },
});
const context = (conciseLookup = true): PolicyContext => ({
  access: accessOf(policy, { principal: 'ana', tenant: 'x', scopes: new Set(), claims: {} }),
  knownPaths: (name) =>
    name === 'agents' ? ['_id', 't', 'o', 'o.pay', 'o.keys', 'o.keys.apiKey', 'password'] : ['_id', 'n'],
  dialect: { conciseLookup },
  documents: 100,
});
const apply = (request: Request, own = context()) => applyPolicy(request, own);
const stages = (collection: string, pipeline: unknown, own = context()) => {
  const query = apply({ operation: 'aggregate', collection, pipeline }, own);
  return query.operation === 'aggregate' ? query.pipeline : [];
};
const rows = { $match: { t: { $eq: 'x' } } };
const fields = { $project: { 'o.keys.apiKey': 0, 'o.pay': 0, password: 0 } };
const limit = { $limit: 101 };

describe('applyPolicy', () => {
  it('puts rows and fields first, and a limit last', () => {
    expect(stages('agents', [{ $match: { n: 1 } }])).toEqual([rows, fields, { $match: { n: 1 } }, limit]);
    expect(stages('runs', [])).toEqual([{ $project: { _id: 1, n: 1 } }, limit]);
    expect(apply({ operation: 'find', collection: 'few', limit: 50 })).toMatchObject({ operation: 'find', limit: 6 });
  });

  it('leaves a find where nothing is hidden, with the rows in it whatever the filter says', () => {
    expect(apply({ operation: 'find', collection: 'open', filter: { a: 1 } })).toEqual({
      operation: 'find',
      collection: 'open',
      filter: { a: 1 },
      projection: {},
      sort: {},
      skip: 0,
      limit: 101,
    });
    const bare = { ...context(), knownPaths: () => [] };
    const own = policySchema.parse({ version: 1, collections: { a: { rows: { t: 'x' } } } });
    const access = accessOf(own, { principal: 'ana', scopes: new Set(), claims: {} });
    const filter = { $or: [{ t: 'y' }, { n: 1 }] };
    expect(apply({ operation: 'find', collection: 'a', filter }, { ...bare, access })).toMatchObject({
      operation: 'find',
      filter: { $and: [{ t: { $eq: 'x' } }, filter] },
    });
  });

  it.each([
    ['$lookup by fields', { $lookup: { from: 'agents', localField: 'n', foreignField: 'n', as: 'j' } }, '$lookup'],
    ['$lookup by a pipeline', { $lookup: { from: 'agents', pipeline: [], as: 'j' } }, '$lookup'],
    ['$unionWith', { $unionWith: 'agents' }, '$unionWith'],
  ])('puts them into %s', (_, stage, name) => {
    const [written] = stages('open', [stage]);
    expect(written).toMatchObject({ [name]: { pipeline: [rows, fields] } });
  });

  it('puts them into what is nested in a facet, a join and a union', () => {
    const inner = {
      $lookup: { from: 'agents', pipeline: [{ $unionWith: { coll: 'agents', pipeline: [] } }], as: 'j' },
    };
    const written = JSON.stringify(stages('open', [{ $facet: { x: [inner] } }]));
    expect(written.split(JSON.stringify(rows))).toHaveLength(3);
    expect(written.split(JSON.stringify(fields))).toHaveLength(3);
  });

  it('restricts $graphLookup within, and takes hidden fields out at once', () => {
    const graph = { from: 'agents', startWith: '$n', connectFromField: 'n', connectToField: 'n', as: 'g' };
    expect(stages('open', [{ $graphLookup: graph }])).toEqual([
      { $graphLookup: { ...graph, restrictSearchWithMatch: { $and: [{ t: { $eq: 'x' } }, {}] } } },
      { $project: { 'g.o.keys.apiKey': 0, 'g.o.pay': 0, 'g.password': 0 } },
      limit,
    ]);
    expect(() => stages('open', [{ $graphLookup: { ...graph, from: 'runs' } }])).toThrow(
      'cannot be read by $graphLookup',
    );
  });

  it('joins in the form that the server knows', () => {
    const stage = { $lookup: { from: 'agents', localField: 'n', foreignField: 'n', as: 'j' } };
    const [concise] = stages('open', [stage]);
    expect(concise?.$lookup).toMatchObject({ localField: 'n', foreignField: 'n' });
    const [older] = stages('open', [stage], context(false));
    expect(Object.keys(older?.$lookup as object)).toEqual(['from', 'let', 'pipeline', 'as']);
  });

  it('tells all that is wrong together, with where it is', () => {
    const pipeline = [{ $match: { password: 1, $where: '1' } }, { $project: { x: '$o.pay' } }, { $out: 'x' }];
    try {
      stages('agents', pipeline);
      throw new Error('it was taken');
    } catch (error) {
      if (!(error instanceof ToolRefusal)) throw error;
      expect(error.code).toBe('policy');
      for (const place of [
        'pipeline[0].$match.password',
        'pipeline[0].$match.$where',
        'pipeline[1].$project.x',
        'pipeline[2]',
      ])
        expect(error.message).toContain(place);
    }
  });

  it('says the same of a collection that is hidden and one that is not there', () => {
    const told = (collection: string) => {
      try {
        return apply({ operation: 'find', collection });
      } catch (error) {
        return String(error).replaceAll(collection, '…');
      }
    };
    expect(told('vault')).toBe(told('nothing'));
  });
});

describe('prove', () => {
  const query = (pipeline: readonly object[], collection = 'agents') =>
    ({ operation: 'aggregate', collection, pipeline: [...pipeline, limit], limit: 101 }) as Parameters<typeof prove>[0];
  const proven =
    (...given: Parameters<typeof query>) =>
    () =>
      prove(query(...given), context());

  it('takes what applyPolicy writes', () => {
    expect(proven([rows, fields, { $match: { n: 1 } }])).not.toThrow();
  });

  it.each<[string, Parameters<typeof prove>[0]]>([
    ['a reading without its rows', query([fields])],
    ['a reading without its fields', query([rows])],
    ['an operator that is not in the list', query([rows, fields, { $out: 'x' }])],
    ['one that is nested', query([rows, fields, { $facet: { x: [{ $merge: 'y' }] } }])],
    ['an expression of code', query([rows, fields, { $project: { x: { $function: {} } } }])],
    ['a hidden name', query([rows, fields, { $project: { x: '$a.password' } }])],
    ['a hidden name as a key', query([rows, fields, { $match: { 'a.apiKey': 1 } }])],
    ['a join that is not restricted', query([{ $lookup: { from: 'agents', pipeline: [], as: 'j' } }], 'open')],
    ['a join of a hidden collection', query([{ $lookup: { from: 'vault', pipeline: [], as: 'j' } }], 'open')],
    [
      'a union in a join',
      query(
        [{ $lookup: { from: 'open', pipeline: [{ $unionWith: { coll: 'agents', pipeline: [] } }], as: 'j' } }],
        'open',
      ),
    ],
    [
      'a $graphLookup that is not restricted',
      query([{ $graphLookup: { from: 'agents', connectFromField: 'n', connectToField: 'n', as: 'g' } }], 'open'),
    ],
    ['a variable of the server', query([rows, fields, { $project: { x: '$$USER_ROLES' } }])],
    ['a name that changes objects', query([rows, fields, { $match: JSON.parse('{"__proto__":{}}') }])],
    ['another limit', { ...query([rows, fields]), limit: 5000 }],
    [
      'a find that shows hidden fields',
      {
        operation: 'find',
        collection: 'agents',
        filter: { $and: [rows.$match] },
        projection: {},
        sort: {},
        skip: 0,
        limit: 10,
      },
    ],
  ])('refuses %s', (_, given) => {
    expect(() => prove(given, context())).toThrow(NotProven);
  });
});
