/** Whether rows that are equal are shown once. */
import type { Sketch } from '../language/grammar/sketch.ts';
import type { Column, Resolver } from './resolver.ts';
import { rowsOf } from './scope.ts';
import type { Shape } from './shape.ts';

/**
 * "all countries" are the different ones; "the countries of the users" are one for each user. What is said with neither is a doubt,
 * where it makes a difference at all.
 */
export function isDistinct(columns: readonly Column[], shape: Shape, sketch: Sketch, resolver: Resolver): boolean {
  const { findings } = resolver;
  if (shape.records) return false;
  const tells = columns.some(({ place, field }) => field.unique && place === rowsOf(shape.grain));
  if (sketch.distinct) return !tells;
  if (tells || shape.order.length > 0 || shape.limit !== undefined) return false;
  const owned = sketch.output.some((item) => item.kind === 'mention' && item.owner !== undefined);
  const [only] = columns;
  const repeats = only !== undefined && only.field.distinct < shape.grain.entity.count;
  if (!repeats) return false;
  const tellsOne = shape.conditions.some(
    (condition) =>
      condition.kind === 'identity' ||
      (condition.kind === 'compare' && condition.op === 'eq' && resolver.candidates(condition.field)[0]?.field.unique),
  );
  const named = sketch.target !== undefined && !sketch.output.some((item) => item === sketch.target);
  if (columns.length === 1 && !owned && shape.conditions.length === 0) {
    findings.assumptions.add('equal values are shown once');
    return true;
  }
  if (
    columns.length === 1 &&
    owned &&
    shape.conditions.length === 0 &&
    only.field.distinct * 3 <= shape.grain.entity.count
  )
    findings.doubt('whether equal values are to be shown once', 0.31);
  else if (columns.length === 1 && !owned && !named) findings.doubt('whether equal values are to be shown once', 0.2);
  else if (columns.length === 1 && !owned && !tellsOne)
    findings.doubt('whether equal values are to be shown once', shape.conditions.length > 0 ? 0.12 : 0.35);
  return false;
}
