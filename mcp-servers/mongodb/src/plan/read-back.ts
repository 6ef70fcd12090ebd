/** Says in one sentence what a plan asks for, from the plan alone. */
import { isoDay } from '../language/dates.ts';
import type { Condition, Plan, PlanComparison, PlanValue } from './plan.ts';

const comparisons: Readonly<Record<PlanComparison, string>> = {
  eq: 'is',
  ne: 'is not',
  gt: 'is greater than',
  ge: 'is at least',
  lt: 'is less than',
  le: 'is at most',
};

const aggregates = {
  count: 'number',
  sum: 'total',
  avg: 'average',
  min: 'minimum',
  max: 'maximum',
} as const;

/** For example: "agents: name, status where status is "active", at most 5". */
export function readBack(plan: Plan): string {
  const rows = [plan.collection, ...plan.unwind].at(-1) ?? plan.collection;
  const of = plan.unwind.length > 0 ? `each of ${rows} in ${plan.collection}` : plan.collection;
  const parts = [plan.group ? grouped(plan, of) : listed(plan, of)];
  if (plan.where) parts.push(`where ${said(plan.where)}`);
  for (const { measure, op, value } of plan.group?.having ?? [])
    parts.push(`with ${measureName(plan, measure)} that ${comparisons[op]} ${value}`);
  if (plan.order.length > 0)
    parts.push(
      `ordered by ${list(plan.order.map(({ by, descending }) => `${measureName(plan, by)}${descending ? ', highest first' : ', lowest first'}`))}`,
    );
  if (plan.limit !== undefined) parts.push(plan.limit === 1 ? 'only the first' : `only the first ${plan.limit}`);
  return `${parts.join(' ')}.`;
}

function listed({ output, distinct, joins }: Plan, of: string): string {
  const columns = output.length > 12 ? `${output.length} fields` : list(output.map(({ from }) => from));
  const joined =
    joins.length > 0
      ? ` with ${list(joins.map(({ collection, localField }) => `${collection} by ${localField}`))}`
      : '';
  return `${distinct ? 'Every different' : 'The'} ${columns} of ${of}${joined}`;
}

function grouped({ group, output, joins }: Plan, of: string): string {
  if (!group) return of;
  const shown = output.map(({ from }) => {
    const measure = group.measures.find(({ name }) => name === from);
    if (!measure) return group.by.find(({ name }) => name === from)?.path ?? from;
    if (measure.path === undefined) return `the number of ${of}`;
    return `the ${measure.distinct ? 'number of different' : aggregates[measure.op]} ${measure.path}`;
  });
  const keys = group.by.length > 0 ? ` for each ${list(group.by.map(({ path }) => path))}` : '';
  const joined =
    joins.length > 0
      ? ` with ${list(joins.map(({ collection, localField }) => `${collection} by ${localField}`))}`
      : '';
  return `${capital(list(shown))} in ${of}${joined}${keys}`;
}

function measureName({ group }: Plan, by: string): string {
  const measure = group?.measures.find(({ name }) => name === by);
  if (!measure) return group?.by.find(({ name }) => name === by)?.path ?? by;
  return measure.path === undefined ? 'the number of rows' : `the ${aggregates[measure.op]} ${measure.path}`;
}

function said(condition: Condition): string {
  switch (condition.kind) {
    case 'compare': {
      const values = condition.values.map((value) => valueText(value, condition.op));
      const within = values.every((value) => value.startsWith('within '));
      const verb = within && condition.op === 'eq' ? '' : `${comparisons[condition.op]} `;
      return `${condition.path} ${verb}${either(values)}`;
    }
    case 'text': {
      const how = { contains: 'contains', starts: 'starts with', ends: 'ends with' }[condition.how];
      return `${condition.path} ${condition.negated ? 'not: ' : ''}${how} ${either(condition.texts.map(literal))}`;
    }
    case 'missing':
      return `${condition.path} ${condition.negated ? 'has a value' : 'has no value'}`;
    case 'size':
      return `the number of ${condition.path} ${comparisons[condition.op]} ${condition.count}`;
    case 'aggregate':
      return `${condition.path} ${comparisons[condition.op]} the ${aggregates[condition.than.op]} ${condition.than.path} of all`;
    case 'all':
      return condition.of.map(bracketed).join(' and ');
    case 'any':
      return condition.of.map(bracketed).join(' or ');
    case 'not':
      return `not (${said(condition.of)})`;
    case 'some': {
      const where = condition.where.length > 0 ? ` where ${condition.where.map(said).join(' and ')}` : '';
      return `${condition.negated ? 'there is none' : 'there is one'} of ${condition.path}${where}`;
    }
  }
}

const bracketed = (condition: Condition) =>
  condition.kind === 'any' || condition.kind === 'all' ? `(${said(condition)})` : said(condition);

function valueText(value: PlanValue, op: PlanComparison): string {
  if (typeof value !== 'object') return literal(value);
  const { start, end, first, last, instant } = value.period;
  const [from, to] = instant ? [start, end] : [isoDay(first), isoDay(last)];
  if (op === 'eq' || op === 'ne') return from === to ? from : `within ${from} to ${to}`;
  return op === 'lt' || op === 'ge' ? from : to;
}

const literal = (value: string | number | boolean) => (typeof value === 'string' ? `"${value}"` : String(value));
const either = (values: readonly string[]) =>
  values.length > 1 ? `${values.slice(0, -1).join(', ')} or ${values.at(-1)}` : (values[0] ?? '');
const list = (values: readonly string[]) =>
  values.length > 1 ? `${values.slice(0, -1).join(', ')} and ${values.at(-1)}` : (values[0] ?? '');
const capital = (text: string) => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
