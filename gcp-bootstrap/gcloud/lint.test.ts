import { expect, test } from 'vitest';
import { oneOfEach, without } from './lint.ts';

const words = (...all: string[]) => ({ words: all });

test('commands that differ in their values alone are linted once', () => {
  const a = words('secrets', 'create', 'a', '--replication-policy=automatic');
  const b = words('secrets', 'create', 'b', '--replication-policy=automatic');
  const withData = words('secrets', 'create', 'c', '--replication-policy=automatic', '--data-file=-');
  const remove = words('secrets', 'delete', 'a', '--replication-policy=automatic');
  expect(oneOfEach([a, b, withData, remove])).toEqual([b, withData, remove]);
});

test('groups, verbs and the number of words tell commands apart', () => {
  const all = [
    words('compute', 'routers', 'create', 'r', '--region=x'),
    words('compute', 'routers', 'delete', 'r', '--region=x'),
    words('compute', 'routers', 'nats', 'create', 'n', '--region=x'),
    words('compute', 'addresses', 'create', 'r', '--region=x'),
  ];
  expect(oneOfEach(all)).toEqual(all);
});

test('only flags that may be missing are left out', () => {
  const command = {
    ...words('container', 'clusters', 'create', 'c', '--new=1', '--old=2'),
    optional: { '--new': 'so' },
  };
  expect(without(command, new Set(['--new', '--old'])).words).toEqual([
    'container',
    'clusters',
    'create',
    'c',
    '--old=2',
  ]);
  expect(without(command, new Set())).toBe(command);
});
