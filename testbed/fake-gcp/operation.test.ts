import { beforeEach, expect, test } from 'vitest';
import { Clock } from './clock.ts';
import { Operations } from './operation.ts';
import { State } from './state.ts';

let state: State;
let clock: Clock;
let operations: Operations;
beforeEach(() => {
  state = new State();
  clock = new Clock(0);
  operations = new Operations(state, clock);
  state.set('//host/thing', { state: 'CREATING' });
});

const start = (api = 'container') =>
  operations.start({
    api,
    name: (number) => `operation-${number}`,
    type: 'create',
    target: 'thing',
    onDone: [{ merge: '//host/thing', fields: { state: 'READY' } }],
    onFailure: [{ remove: '//host/thing' }],
  });

test('an operation is done at the look that was set, and not before', () => {
  operations.setLooks(2);
  const { name } = start();
  expect(operations.look('container', name)).toMatchObject({ done: false });
  expect(state.get('//host/thing')).toEqual({ state: 'CREATING' });
  clock.advance(60);
  expect(operations.look('container', name)).toMatchObject({ done: true, endTime: '1970-01-01T00:01:00.000000Z' });
  expect(state.get('//host/thing')).toEqual({ state: 'READY' });
});

test('looks are set for one API, and 0 is done at once', () => {
  operations.setLooks(0, 'container');
  expect(start('container').done).toBe(true);
  expect(start('compute').done).toBe(false);
});

test('one that never ends runs until it is made to', () => {
  operations.setLooks(Number.POSITIVE_INFINITY);
  const { name } = start();
  for (let look = 0; look < 100; look++) operations.look('container', name);
  expect(operations.running('container', 'thing')).toMatchObject({ name });
  operations.finishAll();
  expect(operations.running('container', 'thing')).toBeUndefined();
  expect(state.get('//host/thing')).toEqual({ state: 'READY' });
});

test('a look around is a look at everything of the API, and at nothing of another', () => {
  const own = start('container');
  const other = start('compute');
  operations.lookAround('container');
  expect(operations.get('container', own.name)?.done).toBe(true);
  expect(operations.get('compute', other.name)?.done).toBe(false);
});

test('one that begins to fail ends with its failure, and takes back what it began', () => {
  const failure = { status: 'RESOURCE_EXHAUSTED', message: 'Quota SSD_TOTAL_GB exceeded' } as const;
  const { name } = operations.failing(failure, start);
  expect(state.get('//host/thing')).toBeDefined();
  expect(operations.look('container', name)).toMatchObject({ done: true, failure });
  expect(state.get('//host/thing')).toBeUndefined();
  expect(start().failure).toBeUndefined();
});
