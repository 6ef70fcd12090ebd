import { ToolRefusal } from '@ai-orchestra/mcp-kit';
import type { FilterValue } from 'weaviate-client';
import type { Property } from '../catalogue/collection.ts';
import { namesLike } from '../policy/names.ts';
import type { Visible } from '../policy/visible.ts';
import type { Comparison, Filter, Operator } from './filter.ts';
import { comparedWith } from './values.ts';

/** Conditions that a filter may have in all. */
const MOST = 50;

/** What is compared: a property, or what Weaviate keeps of every object. */
export type Target =
  | Property
  | { readonly name: '_id'; readonly type: 'uuid' }
  | { readonly name: string; readonly type: 'date' };

/** Of the client, which is loaded late. */
export type Join = (operator: 'And' | 'Or' | 'Not', filters: readonly FilterValue[]) => FilterValue;
export const join: Join = (operator, filters) => ({ operator, filters: [...filters], value: null });

/**
 * A caller's filter as Weaviate takes it, with every name and value looked up.
 * @throws {ToolRefusal} `argument` with every mistake; a hidden property is as unknown as one that is not there
 */
export function compileFilter(filter: Filter, visible: Visible): FilterValue {
  const mistakes: string[] = [];
  let conditions = 0;
  const compile = (one: Filter, path: string): FilterValue | undefined => {
    if ('and' in one) return combine('And', one.and, `${path}.and`);
    if ('or' in one) return combine('Or', one.or, `${path}.or`);
    if ('not' in one) return combine('Not', [one.not], `${path}.not`);
    conditions += 1;
    try {
      return compare(one, visible);
    } catch (error) {
      if (!(error instanceof Mistake)) throw error;
      mistakes.push(`- ${path}: ${error.message}`);
      return undefined;
    }
  };
  const combine = (operator: 'And' | 'Or' | 'Not', all: readonly Filter[], path: string) =>
    join(
      operator,
      all.flatMap((one, index) => compile(one, operator === 'Not' ? path : `${path}.${index}`) ?? []),
    );
  const compiled = compile(filter, 'filter');
  if (conditions > MOST) mistakes.push(`- filter: given ${conditions} conditions; allowed: at most ${MOST}`);
  if (mistakes.length > 0 || compiled === undefined) {
    throw new ToolRefusal(
      'argument',
      `The filter is not as it has to be:\n${mistakes.join('\n')}`,
      `Correct it; collection_schema("${visible.name}") has the properties and their types.`,
    );
  }
  return compiled;
}

/** Why a comparison cannot be made, and what can. */
export class Mistake extends Error {}

const ORDERED: readonly Operator[] = ['greater_than', 'greater_or_equal', 'less_than', 'less_or_equal'];
const SCALARS: readonly Operator[] = ['equal', 'not_equal', ...ORDERED, 'contains_any', 'contains_none'];
const LISTS: readonly Operator[] = ['contains_any', 'contains_all', 'contains_none'];
const weaviateOperator: Readonly<Record<Operator, FilterValue['operator']>> = {
  equal: 'Equal',
  not_equal: 'NotEqual',
  greater_than: 'GreaterThan',
  greater_or_equal: 'GreaterThanEqual',
  less_than: 'LessThan',
  less_or_equal: 'LessThanEqual',
  like: 'Like',
  contains_any: 'ContainsAny',
  contains_all: 'ContainsAll',
  contains_none: 'ContainsNone',
  is_null: 'IsNull',
  within_km: 'WithinGeoRange',
};

function compare(comparison: Comparison, visible: Visible): FilterValue {
  const { operator } = comparison;
  const target = targetOf(comparison.property, visible);
  const allowed = operatorsOf(target, visible);
  if (!allowed.includes(operator)) {
    throw new Mistake(`${operator} is not for ${target.name} (${target.type}); allowed: ${allowed.join(', ')}`);
  }
  const value = comparedWith(comparison, target);
  const one = (as: Operator, compared: unknown): FilterValue => ({
    operator: weaviateOperator[as],
    // The client's own builder makes the same: names are looked up above, so that no path or length can be asked for.
    target: { property: weaviateName(target.name) },
    value: compared as FilterValue['value'],
  });
  if (target.type !== 'number' || !Array.isArray(value)) return one(operator, value);
  // The client sends a list of whole numbers or of others, and one that has both as nothing.
  const each = value.map((number: unknown) => one('equal', number));
  if (operator === 'contains_all') return join('And', each);
  return operator === 'contains_any' ? join('Or', each) : join('Not', [join('Or', each)]);
}

const weaviateName = (name: string) =>
  name === '_created' ? '_creationTimeUnix' : name === '_updated' ? '_lastUpdateTimeUnix' : name;

function targetOf(name: string, visible: Visible): Target {
  if (name === '_id') return { name: '_id', type: 'uuid' };
  if (name === '_created' || name === '_updated') {
    if (visible.timesIndexed) return { name, type: 'date' };
    throw new Mistake(`${name} cannot be compared: the collection does not index times (indexTimestamps)`);
  }
  const property = visible.properties.get(name);
  if (property === undefined) throw new Mistake(`no property ${JSON.stringify(name)}${namesLike(name, visible)}`);
  if (!property.filterable) throw new Mistake(`${name} has no index to filter by (indexFilterable)`);
  return property;
}

function operatorsOf(target: Target, visible: Visible): readonly Operator[] {
  const isNull: readonly Operator[] = visible.nullsIndexed && 'list' in target ? ['is_null'] : [];
  const list = 'list' in target && target.list;
  switch (target.type) {
    case 'text':
      return [...(list ? [] : (['equal', 'not_equal'] as const)), ...LISTS, 'like', ...isNull];
    case 'uuid':
      if (target.name === '_id') return ['equal', 'not_equal', 'contains_any'];
      return [...(list ? [] : (['equal', 'not_equal'] as const)), ...LISTS, ...isNull];
    case 'boolean':
      return [...(list ? LISTS : (['equal', 'not_equal'] as const)), ...isNull];
    case 'int':
    case 'number':
    case 'date':
      if (!('list' in target)) return ORDERED;
      return [...(list ? LISTS : SCALARS), ...isNull];
    case 'geoCoordinates':
      return ['within_km', ...isNull];
    default:
      return isNull.length > 0 && target.type !== 'object' ? isNull : [];
  }
}
