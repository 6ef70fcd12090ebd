/** Conditions that compare a field, made from the symbols of a line. */
import type { Literal, Mention } from '../terms.ts';
import type { Line } from './rewriting.ts';
import { type Comparison, type SketchCondition, YEARS_OLD } from './sketch.ts';

/** What holds where a comparison does not. */
export const turned: Readonly<Record<Comparison, Comparison>> = {
  eq: 'ne',
  ne: 'eq',
  gt: 'le',
  ge: 'lt',
  lt: 'ge',
  le: 'gt',
};

/** The symbol of a condition. */
export const asSymbol = (line: Line, condition: SketchCondition) => line.conditionSymbol(condition);
export const comparisonOf = (word: string | undefined) => (word ?? '').trim() as Comparison;

/** Whether some value may be the field's: it is one of the field's own values, or anything for a field of numbers or time. */
function fits(field: Mention, literal: Literal): boolean {
  if (literal.kind === 'value')
    return literal.links.some(({ field: own }) => field.fields.some((link) => link.field === own));
  if (literal.kind === 'number') {
    const strong = field.entities.length > 0 ? 0.85 : 0;
    const numeric = field.fields.filter(
      ({ field: { type, numericText }, score }) => score >= strong && (type === 'number' || numericText),
    );
    const isYear = Number.isInteger(literal.value) && literal.value >= 1000 && literal.value <= 2200;
    if (isYear && field.fields.some((link) => link.field.time !== undefined)) return true;
    return numeric.length > 0 || field.fields.some((link) => link.field.values.includes(literal.text));
  }
  if (literal.kind === 'period') return field.fields.some((link) => link.field.time !== undefined);
  return field.fields.some(({ field: { type } }) => type === 'string' || type === 'objectId' || type === 'mixed');
}

export function equal(line: Line, field: string | undefined, stretch: string | undefined, negated: boolean) {
  const mention = line.mention(field);
  const values = line.symbols(stretch, 'VNDT').map((symbol) => line.literal(symbol));
  if (values.length === 0 || !values.every((value) => fits(mention, value))) return undefined;
  const joined = / and /.test(stretch ?? '') ? 'and' : 'or';
  return asSymbol(line, { kind: 'compare', field: mention, op: negated ? 'ne' : 'eq', values, joined });
}

export function compare(line: Line, field: string | undefined, comparison: Comparison, value: string | undefined) {
  const mention = line.mention(field);
  const literal = line.literal(value);
  if (literal.kind === 'value') {
    const number = Number(literal.text);
    if (comparison !== 'eq' && comparison !== 'ne' && Number.isNaN(number)) return undefined;
  }
  return fits(mention, literal)
    ? asSymbol(line, { kind: 'compare', field: mention, op: comparison, values: [literal] })
    : undefined;
}

const relations = {
  in: 'in',
  on: 'in',
  during: 'in',
  within: 'in',
  before: 'before',
  after: 'after',
  since: 'since',
  from: 'since',
  until: 'until',
  by: 'until',
} as const;

export function time(line: Line, preposition: string | undefined, symbol: string | undefined): string | undefined {
  const relation = relations[(preposition ?? '').trim() as keyof typeof relations] ?? 'in';
  const node = line.node(symbol);
  if (node?.kind === 'period')
    return asSymbol(line, {
      kind: 'time',
      relation: relation === 'since' && preposition?.trim() === 'from' ? 'in' : relation,
      period: node,
    });
  if (node?.kind === 'number' && node.value >= 1000 && node.value <= 2200 && Number.isInteger(node.value))
    return asSymbol(line, { kind: 'time', relation, period: node });
  return undefined;
}

export function fieldTime(
  line: Line,
  field: string | undefined,
  preposition: string | undefined,
  symbol: string | undefined,
) {
  const mention = line.mention(field);
  if (!mention.fields.some((link) => link.field.time !== undefined)) {
    const number = line.node(symbol);
    return number?.kind === 'number' && preposition ? compareTime(line, field, preposition, symbol) : undefined;
  }
  return compareTime(line, field, preposition, symbol);
}

function compareTime(
  line: Line,
  field: string | undefined,
  preposition: string | undefined,
  symbol: string | undefined,
) {
  const relation = relations[(preposition ?? '').trim() as keyof typeof relations] ?? 'in';
  const comparison = ({ in: 'eq', before: 'lt', after: 'gt', since: 'ge', until: 'le' } as const)[relation];
  return compare(line, field, preposition?.trim() === 'from' ? 'eq' : comparison, symbol);
}

export function betweenOf(line: Line, field: string | undefined, low: string | undefined, high: string | undefined) {
  const mention = line.mention(field);
  const [from, to] = [line.literal(low), line.literal(high)];
  return fits(mention, from) && fits(mention, to) && from.kind !== 'value'
    ? asSymbol(line, { kind: 'between', field: mention, low: from, high: to })
    : undefined;
}

export function aged(line: Line, comparison: Comparison, value: string | undefined): string {
  const adjective = {
    kind: 'adjective',
    text: YEARS_OLD,
    superlative: false,
    more: true,
    fields: [],
    turned: [],
  } as const;
  return asSymbol(line, { kind: 'dimension', adjective, op: comparison, value: line.literal(value) });
}
