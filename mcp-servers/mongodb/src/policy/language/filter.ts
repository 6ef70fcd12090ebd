/** The language of `find` and `$match`. */
import { BSONRegExp } from 'mongodb';
import { type Check, isObject, notAllowed, type Place, quoted, within } from './check.ts';
import { checkExpression } from './expression.ts';
import { checkLiteral } from './literal.ts';
import { comparisonOperators, logicalOperators, setOperators } from './operators.ts';
import { patternMistake } from './pattern.ts';

/** @param under path of the array whose elements are meant, as in `$elemMatch` */
export function checkFilter(filter: unknown, place: Place, check: Check, under = ''): void {
  if (!check.counts(place)) return;
  if (!isObject(filter)) {
    check.mistake(
      'argument',
      place,
      `${quoted(filter)} is not a filter`,
      'Write an object such as {"status": "active"}.',
    );
    return;
  }
  for (const [key, value] of Object.entries(filter)) {
    const here = within(place, key);
    if (logicalOperators.has(key)) checkAll(value, here, check, under);
    else if (key === '$expr' && under === '') checkExpression(value, here, check);
    else if (key.startsWith('$')) notAllowed(key, here, check);
    else {
      const path = under === '' ? key : `${under}.${key}`;
      check.path(path, here);
      checkPredicate(value, here, check, path);
    }
  }
}

function checkAll(value: unknown, place: Place, check: Check, under: string): void {
  if (Array.isArray(value) && value.length > 0) {
    for (const [index, one] of value.entries()) checkFilter(one, within(place, index), check, under);
  } else
    check.mistake('argument', place, 'it needs a list of filters', 'Write for example {"$or": [{"a": 1}, {"b": 2}]}.');
}

function checkPredicate(value: unknown, place: Place, check: Check, path: string): void {
  if (!check.counts(place)) return;
  if (value instanceof RegExp || value instanceof BSONRegExp) {
    check.mistake('argument', place, 'a regular expression is not a value', 'Write {"$regex": "…", "$options": "i"}.');
    return;
  }
  const operators = isObject(value) ? Object.keys(value).filter((key) => key.startsWith('$')) : [];
  if (!isObject(value) || operators.length === 0) checkLiteral(value, place, check);
  else if (operators.length < Object.keys(value).length)
    check.mistake(
      'argument',
      place,
      'operators and fields are mixed',
      'Write either operators or the fields of a document.',
    );
  else
    for (const [operator, operand] of Object.entries(value))
      checkOperator(operator, operand, within(place, operator), check, path, value);
}

interface Predicate {
  readonly takes: string;
  fits(operand: unknown, beside: Readonly<Record<string, unknown>>): boolean;
}

const isOperators = (value: unknown) => isObject(value) && Object.keys(value).some((key) => key.startsWith('$'));

/** Operators that take neither a value to compare with nor several. */
const predicates: Readonly<Record<string, Predicate>> = {
  $not: { takes: 'operators, such as {"$gt": 5}', fits: isOperators },
  $exists: { takes: 'true or false', fits: (operand) => typeof operand === 'boolean' },
  $type: {
    takes: 'the name of a type, such as "date"',
    fits: (operand) => [operand].flat().every((type) => typeof type === 'string' || typeof type === 'number'),
  },
  $size: { takes: 'a whole number', fits: (operand) => Number.isInteger(operand) },
  $mod: {
    takes: '[divisor, remainder]',
    fits: (operand) => Array.isArray(operand) && operand.length === 2 && operand.every(Number.isInteger),
  },
  $elemMatch: {
    takes: 'conditions on one element',
    fits: (operand) => isObject(operand) && Object.keys(operand).length > 0,
  },
  $regex: { takes: 'a text', fits: (operand) => typeof operand === 'string' },
  $options: { takes: 'a place beside $regex', fits: (_, beside) => '$regex' in beside },
};

function checkOperator(
  operator: string,
  operand: unknown,
  place: Place,
  check: Check,
  path: string,
  beside: Readonly<Record<string, unknown>>,
): void {
  if (comparisonOperators.has(operator) || setOperators.has(operator)) {
    if (setOperators.has(operator) && !Array.isArray(operand))
      check.mistake('argument', place, `given ${quoted(operand)}`, `${operator} takes a list of values.`);
    checkLiteral(operand, place, check);
    return;
  }
  const predicate = Object.hasOwn(predicates, operator) ? predicates[operator] : undefined;
  if (!predicate) notAllowed(operator, place, check);
  else if (!predicate.fits(operand, beside))
    check.mistake('argument', place, `given ${quoted(operand)}`, `${operator} takes ${predicate.takes}.`);
  else if (operator === '$not') checkPredicate(operand, place, check, path);
  else if (operator === '$elemMatch') checkElement(operand, place, check, path);
  else if (operator === '$regex') checkPattern(operand, beside.$options, place, check);
}

/** Of an array of values, operators; of an array of documents, a filter. */
function checkElement(operand: unknown, place: Place, check: Check, path: string): void {
  const keys = Object.keys(operand as object);
  if (keys.every((key) => key.startsWith('$') && !logicalOperators.has(key)))
    checkPredicate(operand, place, check, path);
  else checkFilter(operand, place, check, path);
}

export function checkPattern(pattern: unknown, options: unknown, place: Place, check: Check): void {
  const mistake = typeof pattern === 'string' ? patternMistake(pattern) : 'it is not a text';
  if (mistake !== undefined)
    check.mistake(
      'cost',
      place,
      `the regular expression is not taken: ${mistake}`,
      'Write a simpler one, such as "^abc", or compare with $in.',
    );
  if (options !== undefined && !(typeof options === 'string' && /^[ims]*$/.test(options)))
    check.mistake(
      'argument',
      place,
      `given the options ${quoted(options)}`,
      'Options of a regular expression are i, m and s.',
    );
}
