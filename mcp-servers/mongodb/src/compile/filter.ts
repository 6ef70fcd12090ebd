/** Conditions of a plan as a MongoDB filter. */
import { ObjectId } from 'mongodb';
import type { Field, TimeEncoding } from '../catalogue/catalogue.ts';
import { isoDay, slashDay } from '../language/dates.ts';
import type { Condition, PlanComparison, PlanPeriod, PlanValue } from '../plan/plan.ts';

export type Filter = Readonly<Record<string, unknown>>;

/** Looks up a field by its path from the root of the rows. */
export type FieldAt = (path: string) => Field;

/** Names under which values of other rows are found, by condition. */
export type AggregateAlias = (condition: Extract<Condition, { kind: 'aggregate' }>) => string;

/** A condition that the server can hold a whole row to, but no element of an array. */
export class NotWithinArray extends Error {
  constructor(path: string) {
    super(`'${path}' cannot be compared within an array; make rows of its elements (unwind) first.`);
    this.name = 'NotWithinArray';
  }
}

const operators: Readonly<Record<PlanComparison, string>> = {
  eq: '$eq',
  ne: '$ne',
  gt: '$gt',
  ge: '$gte',
  lt: '$lt',
  le: '$lte',
};

/**
 * The filter of a condition; `under` is the array whose elements it is about, as in `$elemMatch`.
 * @throws NotWithinArray where that needs an expression, which the server takes for whole documents only
 */
export function filterOf(condition: Condition, fieldAt: FieldAt, aliasOf: AggregateAlias, under = ''): Filter {
  const filter = plainFilter(condition, fieldAt, aliasOf, under);
  if (under !== '' && 'path' in condition && JSON.stringify(filter).includes('"$expr"'))
    throw new NotWithinArray(condition.path);
  return filter;
}

function plainFilter(condition: Condition, fieldAt: FieldAt, aliasOf: AggregateAlias, under: string): Filter {
  const key = (path: string) => (under !== '' && path.startsWith(`${under}.`) ? path.slice(under.length + 1) : path);
  switch (condition.kind) {
    case 'compare':
      return comparison(key(condition.path), condition.op, condition.values, fieldAt(condition.path), condition.path);
    case 'text': {
      const patterns = condition.texts.map((text) => textPattern(text, condition.how));
      const pattern = patterns.length === 1 ? (patterns[0] ?? '') : `(?:${patterns.join('|')})`;
      const regex = { $regex: pattern, $options: 'i' };
      return { [key(condition.path)]: condition.negated ? { $not: regex } : regex };
    }
    case 'missing':
      return { [key(condition.path)]: condition.negated ? { $ne: null } : null };
    case 'size': {
      const path = key(condition.path);
      return { $expr: { [operators[condition.op]]: [{ $size: { $ifNull: [`$${path}`, []] } }, condition.count] } };
    }
    case 'aggregate':
      return {
        $expr: {
          [operators[condition.op]]: [
            expressionOf(condition.path, fieldAt(condition.path)),
            `$${aliasOf(condition)}.value`,
          ],
        },
      };
    case 'all':
      return merged(condition.of.map((one) => filterOf(one, fieldAt, aliasOf, under)));
    case 'any':
      return { $or: condition.of.map((one) => filterOf(one, fieldAt, aliasOf, under)) };
    case 'not':
      return { $nor: [filterOf(condition.of, fieldAt, aliasOf, under)] };
    case 'some':
      return some(condition, fieldAt, aliasOf, key(condition.path));
  }
}

/** One object where no key is needed twice; then it reads as a person would write it. */
export function merged(filters: readonly Filter[]): Filter {
  const keys = filters.flatMap((filter) => Object.keys(filter));
  return new Set(keys).size === keys.length ? Object.assign({}, ...filters) : { $and: filters };
}

function some(
  condition: Extract<Condition, { kind: 'some' }>,
  fieldAt: FieldAt,
  aliasOf: AggregateAlias,
  path: string,
): Filter {
  const [only, ...others] = condition.where;
  if (!only) {
    return condition.negated ? { [`${path}.0`]: { $exists: false } } : { [`${path}.0`]: { $exists: true } };
  }
  const inner = merged(condition.where.map((one) => filterOf(one, fieldAt, aliasOf, condition.path)));
  const simple =
    others.length === 0 &&
    only.kind === 'compare' &&
    only.op === 'eq' &&
    only.values.every((value) => typeof value !== 'object');
  if (simple && !condition.negated)
    return Object.fromEntries(Object.entries(inner).map(([field, value]) => [`${path}.${field}`, value]));
  return { [path]: condition.negated ? { $not: { $elemMatch: inner } } : { $elemMatch: inner } };
}

function comparison(key: string, op: PlanComparison, values: readonly PlanValue[], field: Field, path: string): Filter {
  const typed = field.type === 'objectId' ? values.map(objectId) : values;
  const [first, ...others] = values;
  const periods = values.filter((value) => typeof value === 'object');
  if (first === undefined) return {};
  if (periods.length > 0 && field.time !== undefined) {
    const [one] = periods;
    if (others.length > 0 || !one)
      return { $or: periods.map(({ period }) => ({ [key]: inPeriod(period, field.time ?? 'date') })) };
    const day = op === 'eq' && isOneDay(one.period);
    if (field.time === 'slashDate' && !day) return slashFilter(path, op, one.period, field);
    return timeFilter(key, op, one.period, field.time);
  }
  if (field.numericText && typeof first === 'number') {
    const converted = expressionOf(path, field);
    if (op === 'eq' || op === 'ne') {
      const same = { $expr: { $in: [converted, values] } };
      return op === 'eq' ? same : { $nor: [same] };
    }
    return { $expr: { $and: [{ $ne: [converted, null] }, { [operators[op]]: [converted, first] }] } };
  }
  const [value] = typed;
  if (op === 'eq') return { [key]: others.length > 0 ? { $in: typed } : value };
  if (op === 'ne') return { [key]: others.length > 0 ? { $nin: typed } : { $ne: value } };
  return { [key]: { [operators[op]]: value } };
}

/** Text of 24 hexadecimal digits as the ObjectId that it spells. */
const objectId = (value: PlanValue): unknown =>
  typeof value === 'string' && ObjectId.isValid(value) ? ObjectId.createFromHexString(value) : value;

const isOneDay = ({ first, last }: PlanPeriod) => isoDay(first) === isoDay(last);

/** Such text does not sort as time does: it is compared as a date. */
function slashFilter(path: string, op: PlanComparison, { first, last }: PlanPeriod, field: Field): Filter {
  const [from, to] = [first, last].map(({ year, month, day }) => new Date(Date.UTC(year, month - 1, day)));
  const date = expressionOf(path, field);
  const within = { $and: [{ $gte: [date, from] }, { $lte: [date, to] }] };
  if (op === 'eq') return { $expr: within };
  if (op === 'ne') return { $expr: { $not: [within] } };
  const near = op === 'lt' || op === 'ge' ? from : to;
  return { $expr: { $and: [{ $ne: [date, null] }, { [operators[op]]: [date, near] }] } };
}

function timeFilter(key: string, op: PlanComparison, period: PlanPeriod, time: TimeEncoding): Filter {
  if (op === 'eq') return { [key]: inPeriod(period, time) };
  if (op === 'ne') return { [key]: { $not: inPeriod(period, time) } };
  const whole = isDays(time) && !period.instant;
  if (op === 'lt') return { [key]: { $lt: instant(period, 'start', time) } };
  if (op === 'ge') return { [key]: { $gte: instant(period, 'start', time) } };
  if (op === 'gt')
    return { [key]: whole ? { $gt: instant(period, 'last', time) } : { $gte: instant(period, 'end', time) } };
  return { [key]: whole ? { $lte: instant(period, 'last', time) } : { $lt: instant(period, 'end', time) } };
}

/** Text and years hold days, not instants. */
const isDays = (time: TimeEncoding) => time === 'isoDate' || time === 'slashDate' || time === 'year';

function inPeriod(period: PlanPeriod, time: TimeEncoding): unknown {
  const first = instant(period, 'start', time);
  if (isDays(time)) {
    const last = instant(period, 'last', time);
    return first === last ? first : { $gte: first, $lte: last };
  }
  return { $gte: first, $lt: instant(period, 'end', time) };
}

function instant(
  { start, end, first, last }: PlanPeriod,
  which: 'start' | 'end' | 'last',
  time: TimeEncoding,
): unknown {
  const day = which === 'start' ? first : last;
  if (time === 'isoDate') return isoDay(day);
  if (time === 'slashDate') return slashDay(day);
  if (time === 'year') return day.year;
  const at = new Date(which === 'start' ? start : end);
  if (time === 'date') return at;
  if (time === 'isoDateTime') return at.toISOString();
  return time === 'seconds' ? Math.floor(at.getTime() / 1000) : at.getTime();
}

/** The expression of a field as what it stands for: text that holds numbers as numbers, 08/30/2015 as a date. */
export function expressionOf(path: string, field: Field): unknown {
  if (field.numericText) return { $convert: { input: `$${path}`, to: 'double', onError: null, onNull: null } };
  if (field.time !== 'slashDate') return `$${path}`;
  return { $dateFromString: { dateString: `$${path}`, format: '%m/%d/%Y', onError: null, onNull: null } };
}

/** Whether values have to be converted before they are compared or ordered. */
export const isConverted = (field: Field): boolean => field.numericText || field.time === 'slashDate';

function textPattern(text: string, how: 'contains' | 'starts' | 'ends'): string {
  const escaped = text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  return how === 'starts' ? `^${escaped}` : how === 'ends' ? `${escaped}$` : escaped;
}
