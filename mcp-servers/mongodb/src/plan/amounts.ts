/** Amounts and the groups that they are of. */
import type { SketchMeasure } from '../language/grammar/sketch.ts';
import type { Mention } from '../language/terms.ts';
import { keyOf, labelOf } from './labels.ts';
import { isNumeric } from './literals.ts';
import type { PlanMeasure } from './plan.ts';
import { type Column, NoReading, type Resolver } from './resolver.ts';
import { type Place, rowsOf } from './scope.ts';

/** A measure that is settled; `at` is the place whose rows it is over. */
export interface Amount {
  readonly op: PlanMeasure['op'];
  readonly of?: Column;
  readonly distinct: boolean;
  readonly at: Place;
}

/** Settles what is counted, or what is computed with. @throws NoReading */
export function amountOf(measure: SketchMeasure, resolver: Resolver): Amount {
  const { op, of, distinct } = measure;
  if (op !== 'count') {
    if (!of) throw new NoReading(`${op} of nothing`);
    const column = resolver.column(
      of,
      (field) => isNumeric(field) || ((op === 'min' || op === 'max') && field.time !== undefined),
    );
    return { op, of: column, distinct: false, at: column.place };
  }
  if (!of) return { op, distinct: false, at: resolver.target };
  const entity = resolver.placeOf(of, true);
  const [field] = resolver.candidates(of);
  const byField = field !== undefined && (!entity || (distinct && field.cost < 1 - entity.score + 0.2));
  if (byField) {
    const column = resolver.column(of);
    const isRow = column.field.unique && rowsOf(column.place) === column.place;
    if (!distinct && !isRow) resolver.findings.doubt(`different values of ${column.field.path} are counted`, 0.1);
    return isRow ? { op, distinct: false, at: column.place } : { op, of: column, distinct: true, at: column.place };
  }
  if (!entity) throw new NoReading(`${of.text} cannot be counted`);
  resolver.placeOf(of);
  return { op, distinct: false, at: entity.place };
}

/** What a group is shown by: the field, or what the entity is called; its key is added to `hidden` where names may be the same. */
export function groupColumns(mention: Mention, resolver: Resolver, hidden: Column[]): readonly Column[] {
  const entity = resolver.placeOf(mention, true);
  const [field] = resolver.candidates(mention);
  const referred =
    entity?.place.relation !== undefined && !entity.place.relation.many ? labelOf(entity.place.entity) : [];
  const byReference = field !== undefined && field.score < 0.95 && referred.length > 0;
  if (field && !byReference && (!entity || field.cost <= 1 - entity.score + 0.3 || entity.place.relation))
    return resolver.columns(mention);
  if (!entity) throw new NoReading(`${mention.text} is nothing to group by`);
  resolver.placeOf(mention);
  const label = labelOf(entity.place.entity);
  const key = keyOf(entity.place.entity);
  if (label.length === 0 && !key) throw new NoReading(`nothing tells ${entity.place.entity.id} apart`);
  if (key && !label.some(({ unique }) => unique)) hidden.push({ place: entity.place, field: key });
  return (label.length > 0 ? label : key ? [key] : []).map((one) => ({ place: entity.place, field: one }));
}

export const same = (a: Column, b: Column) => a.place === b.place && a.field === b.field;
export const sameAmount = (a: Amount, b: Amount) =>
  a.op === b.op && a.at === b.at && a.distinct === b.distinct && a.of?.field === b.of?.field;
