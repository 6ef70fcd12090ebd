/** The language of computed values, as in `$project` and `$group`. */
import { type Check, isObject, notAllowed, type Place, quoted, within } from './check.ts';
import { checkPattern } from './filter.ts';
import { checkLiteral, isPlain } from './literal.ts';
import { expressionOperators, systemVariables } from './operators.ts';

export function checkExpression(value: unknown, place: Place, check: Check): void {
  if (!check.counts(place)) return;
  if (typeof value === 'string' && value.startsWith('$')) checkReference(value, place, check);
  else if (isPlain(value)) return;
  else if (Array.isArray(value))
    for (const [index, item] of value.entries()) checkExpression(item, within(place, index), check);
  else if (isObject(value)) checkDocument(value, place, check);
  else
    check.mistake(
      'argument',
      place,
      `${quoted(value)} is not a value`,
      'Give a text, number, date, a "$field" or an expression.',
    );
}

/** `$path`, `$$variable` or `$$variable.path`. */
export function checkReference(text: string, place: Place, check: Check): void {
  if (!text.startsWith('$$')) {
    check.path(text.slice(1), place);
    return;
  }
  const [variable = '', ...path] = text.slice(2).split('.');
  if (!systemVariables.has(variable) && !place.variables.has(variable))
    check.mistake(
      'policy',
      place,
      `${quoted(text)} is not a variable that may be used`,
      'Use $$ROOT, $$NOW or a variable of this query.',
    );
  const isDocument = variable === 'ROOT' || variable === 'CURRENT';
  const { documents, ...other } = place;
  if (path.length > 0) check.path(path.join('.'), isDocument && documents ? place : other);
}

function checkDocument(value: Readonly<Record<string, unknown>>, place: Place, check: Check): void {
  const [operator] = Object.keys(value);
  if (operator?.startsWith('$')) {
    if (Object.keys(value).length > 1)
      check.mistake('argument', place, 'an expression has one operator', 'Combine them, such as {"$and": [...]}.');
    for (const [name, operand] of Object.entries(value)) checkOperation(name, operand, within(place, name), check);
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    for (const step of key.split('.')) check.name(step, place);
    checkExpression(item, within(place, key), check);
  }
}

function checkOperation(operator: string, operand: unknown, place: Place, check: Check): void {
  if (!expressionOperators.has(operator)) notAllowed(operator, place, check);
  else if (operator === '$literal') checkLiteral(operand, place, check);
  else if (operator === '$map' || operator === '$filter') checkEach(operand, place, check);
  else {
    if (operator.startsWith('$regex')) checkSearch(operand, place, check);
    checkExpression(operand, place, check);
  }
}

/** The pattern is written in the query: never taken from a document. */
function checkSearch(operand: unknown, place: Place, check: Check): void {
  const { regex, options } = isObject(operand) ? operand : {};
  if (typeof regex === 'string' && !regex.startsWith('$')) checkPattern(regex, options, place, check);
  else
    check.mistake(
      'cost',
      place,
      'the regular expression is not written out',
      'Write {"input": "$field", "regex": "^abc"}.',
    );
}

/** Binds a variable to each element of a list. */
function checkEach(operand: unknown, place: Place, check: Check): void {
  if (!isObject(operand)) {
    check.mistake('argument', place, 'it needs input, as and in or cond', 'Write {"input": …, "as": "one", …}.');
    return;
  }
  const { as = 'this' } = operand;
  const bound = checkVariable(as, place, check) ? new Set([...place.variables, as]) : place.variables;
  for (const [key, item] of Object.entries(operand)) {
    if (key === 'as') continue;
    const inner = key === 'in' || key === 'cond';
    checkExpression(item, within(inner ? { ...place, variables: bound } : place, key), check);
  }
}

export function checkVariable(name: unknown, place: Place, check: Check): name is string {
  const right = typeof name === 'string' && /^[a-z][A-Za-z0-9_]{0,40}$/.test(name);
  if (!right)
    check.mistake(
      'argument',
      place,
      `${quoted(name)} is not the name of a variable`,
      'Use letters, the first a small one.',
    );
  return right;
}
