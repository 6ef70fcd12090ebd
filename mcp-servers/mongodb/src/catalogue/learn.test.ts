import { describe, expect, it } from 'vitest';
import type { Field } from './catalogue.ts';
import { catalogueOf, type Sampled, sampleCollection } from './learn.ts';
import { fieldWords } from './names.ts';

const learn = (collections: Readonly<Record<string, readonly Sampled[]>>) =>
  catalogueOf(Object.entries(collections).map(([name, documents]) => sampleCollection(name, documents)));

function field(documents: readonly Sampled[], path: string): Field {
  const found = learn({ things: documents })
    .entities.flatMap(({ fields }) => fields)
    .find((one) => one.path === path);
  if (!found) throw new Error(`no field ${path}`);
  return found;
}

describe('sampleCollection', () => {
  it('finds fields in embedded documents and in arrays of documents', () => {
    const { entities } = learn({
      orders: [
        {
          _id: 1,
          to: { city: 'Rome' },
          lines: [
            { sku: 'a', n: 1 },
            { sku: 'b', n: 2 },
          ],
        },
        { _id: 2, lines: [] },
      ],
    });
    expect(entities.map(({ id, parent, count }) => [id, parent, count])).toEqual([
      ['orders', undefined, 2],
      ['orders.lines', 'orders', 2],
    ]);
    expect(entities.flatMap(({ fields }) => fields.map(({ path }) => path))).toEqual([
      '_id',
      'to.city',
      'lines.sku',
      'lines.n',
    ]);
  });

  it('tells types, lists, and how often a value is missing', () => {
    const documents = [
      { a: 1, b: 'x', c: ['p', 'q'], d: true, e: null },
      { a: 2.5, b: 'y', c: [], d: false, e: 'z' },
    ];
    expect(field(documents, 'a')).toMatchObject({ type: 'number', range: { min: 1, max: 2.5 }, missing: 0 });
    expect(field(documents, 'c')).toMatchObject({ type: 'string', list: true });
    expect(field(documents, 'd')).toMatchObject({ type: 'boolean', values: [false, true] });
    expect(field(documents, 'e')).toMatchObject({ missing: 1, unique: false });
  });

  it.each([
    ['date', [new Date(0), new Date(1)], 'at'],
    ['isoDate', ['2020-01-01', '2020-01-02'], 'at'],
    ['isoDateTime', ['2020-01-01T10:00:00Z', '2020-01-02 11:00'], 'at'],
    ['slashDate', ['08/30/2015', '1/2/2016'], 'at'],
    ['year', [1999, 2004], 'founded'],
    ['seconds', [1_700_000_000, 1_700_000_001], 'createdAt'],
    ['milliseconds', [1_700_000_000_000, 1_700_000_000_001], 'createdAt'],
    [undefined, [1999, 2004], 'customerId'],
  ])('reads times as %s', (time, values, name) => {
    expect(
      field(
        values.map((value) => ({ [name]: value })),
        name,
      ).time,
    ).toBe(time);
  });

  it('keeps no more values than it may, and then takes nothing for unique', () => {
    const many = Array.from({ length: 3000 }, (_, index) => ({ name: `n${index}` }));
    expect(field(many, 'name')).toMatchObject({ complete: false, unique: false, distinct: 2000 });
    expect(field([{ text: 'x'.repeat(500) }], 'text')).toMatchObject({ complete: false, values: [] });
  });

  it('knows text that holds numbers', () => {
    expect(field([{ age: '40' }, { age: '7' }], 'age')).toMatchObject({ type: 'string', numericText: true });
  });
});

describe('catalogueOf', () => {
  const customers = Array.from({ length: 6 }, (_, index) => ({ _id: `c${index}`, name: `N${index}` }));
  const orders = Array.from({ length: 9 }, (_, index) => ({ _id: index, customerId: `c${index % 6}`, total: index }));

  it('guesses a relation from names and values', () => {
    expect(learn({ customers, orders }).relations).toEqual([
      { from: 'orders', to: 'customers', localField: 'customerId', foreignField: '_id', overlap: 1 },
    ]);
  });

  it('guesses none where the values are not found', () => {
    const strangers = orders.map((order) => ({ ...order, customerId: `x${order._id}` }));
    expect(learn({ customers, orders: strangers }).relations).toEqual([]);
  });

  it('takes one changed collection beside the samples of the others', () => {
    const kept = sampleCollection('customers', customers);
    const before = catalogueOf([kept, sampleCollection('orders', [])]);
    const after = catalogueOf([kept, sampleCollection('orders', orders)]);
    expect([before.relations.length, after.relations.length]).toEqual([0, 1]);
  });
});

describe('fieldWords', () => {
  const owners = [['student'], ['department']];
  it.each([
    ['StuID', ['student', 'id']],
    ['LName', ['last', 'name']],
    ['fname', ['first', 'name']],
    ['DNO', ['department', 'number']],
    ['createdAt', ['created', 'at']],
    ['COMMISSION_PCT', ['commission', 'percentage']],
    ['address.city', ['address', 'city']],
  ])('%s', (name, words) => {
    expect(fieldWords(name, ['student'], owners)).toEqual(words);
  });

  it('takes an initial for the name of its own entity first', () => {
    expect(fieldWords('DName', ['department'], owners)).toEqual(['department', 'name']);
  });
});
