import { expect, test } from 'vitest';
import { ExpressionError, parseExpression } from './expression.ts';

const assertion = { repository_id: '2', repository_owner_id: '1', ref: 'refs/heads/main' };
const evaluate = (source: string) => parseExpression(source)({ assertion });

test.for([
  ["assertion.repository_id == '2'", true],
  ["assertion.repository_id == '2' && assertion.ref in ['refs/heads/main', 'refs/heads/develop']", true],
  ["assertion.repository_id == '2' && assertion.ref in ['refs/heads/develop']", false],
  ["assertion.repository_id != '2' || assertion.ref.startsWith('refs/heads/')", true],
  ["!(assertion.ref == 'refs/heads/main')", false],
  ["assertion.ref.endsWith('main') && assertion.ref.contains('/heads/') && assertion.ref.matches('^refs/')", true],
] as const)('%s is %s', ([source, value]) => {
  expect(evaluate(source)).toBe(value);
});

test.for([
  "assertion.repository_id = '2'",
  "assertion.ref in ['a'",
  "assertion.ref == 'a' &&",
  "assertion.ref == 'a' 'b'",
  'assertion.environment == assertion.ref',
  "nobody.ref == 'a'",
  'assertion.ref && true',
])('%s is refused', (source) => {
  expect(() => evaluate(source)).toThrow(ExpressionError);
});
