/** Stages that name and compute fields. */
import { type Check, isObject, notAllowed, type Place, quoted, within } from './check.ts';
import { checkExpression } from './expression.ts';
import { accumulators, windowOperators } from './operators.ts';

function entriesOf(spec: unknown, place: Place, check: Check): [string, unknown][] {
  if (isObject(spec) && Object.keys(spec).length > 0) return Object.entries(spec);
  check.mistake('argument', place, `given ${quoted(spec)}`, 'It takes fields by name.');
  return [];
}

/** What a result is called: its name tells nothing of a document. */
function checkResultPath(path: string, place: Place, check: Check): void {
  for (const step of path.split('.')) check.name(step, place);
}

/** `{ path: 1 | 0 | expression }`. */
export function checkProjection(spec: unknown, place: Place, check: Check): void {
  for (const [path, value] of entriesOf(spec, place, check)) {
    const here = within(place, path);
    const shows = value === 1 || value === true;
    if (shows) check.path(path, here);
    else checkResultPath(path, here, check);
    checkExpression(value, here, check);
  }
}

/** `{ path: expression }`. */
export function checkFields(spec: unknown, place: Place, check: Check): void {
  for (const [path, value] of entriesOf(spec, place, check)) {
    checkResultPath(path, within(place, path), check);
    checkExpression(value, within(place, path), check);
  }
}

/** `{ _id: expression, name: { accumulator: expression } }`. */
export function checkGroup(spec: unknown, place: Place, check: Check): void {
  if (!isObject(spec) || !('_id' in spec))
    check.mistake('argument', place, `given ${quoted(spec)}`, 'It takes _id and accumulators by name.');
  for (const [name, value] of isObject(spec) ? Object.entries(spec) : []) {
    const here = within(place, name);
    if (name === '_id') checkExpression(value, here, check);
    else {
      checkResultPath(name, here, check);
      checkAccumulation(value, accumulators, here, check);
    }
  }
}

export function checkWindow(spec: unknown, place: Place, check: Check): void {
  const own = isObject(spec) ? spec : {};
  const { partitionBy, sortBy, output, ...rest } = own;
  for (const key of Object.keys(rest)) notAllowed(key, place, check);
  if (partitionBy !== undefined) checkExpression(partitionBy, within(place, 'partitionBy'), check);
  if (sortBy !== undefined) checkSort(sortBy, within(place, 'sortBy'), check);
  for (const [path, value] of entriesOf(output, within(place, 'output'), check)) {
    const here = within(within(place, 'output'), path);
    checkResultPath(path, here, check);
    const { window, ...operation } = isObject(value) ? value : {};
    if (window !== undefined) checkExpression(window, within(here, 'window'), check);
    checkAccumulation(operation, windowOperators, here, check);
  }
}

function checkAccumulation(value: unknown, allowed: ReadonlySet<string>, place: Place, check: Check): void {
  const [operator, ...others] = isObject(value) ? Object.keys(value) : [];
  if (!isObject(value) || operator === undefined || others.length > 0)
    check.mistake('argument', place, `given ${quoted(value)}`, 'It takes one accumulator, such as {"$sum": 1}.');
  else if (allowed.has(operator)) checkExpression(value[operator], within(place, operator), check);
  else notAllowed(operator, place, check);
}

export function checkSort(spec: unknown, place: Place, check: Check): void {
  for (const [path, direction] of entriesOf(spec, place, check)) {
    check.path(path, within(place, path));
    if (direction !== 1 && direction !== -1)
      check.mistake(
        'argument',
        within(place, path),
        `given ${quoted(direction)}`,
        'It takes 1 (ascending) or -1 (descending).',
      );
  }
}
