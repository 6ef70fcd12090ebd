import { beforeEach, expect, test } from 'vitest';
import { GoogleError } from './answer.ts';
import { Policies } from './policy.ts';
import { State } from './state.ts';

let policies: Policies;
beforeEach(() => {
  policies = new Policies(new State(), (member) => {
    if (member.includes('nobody')) throw new GoogleError('INVALID_ARGUMENT', `${member} does not exist.`);
  });
});
const viewer = { role: 'roles/viewer', members: ['user:ana@example.test'] };
const conditional = { ...viewer, condition: { title: 'own', expression: 'resource.name == "a"' } };
const refused = (status: string) => expect.objectContaining({ name: 'GoogleError', status });

test('a policy that was read before another was written is refused', () => {
  const { etag } = policies.get('thing');
  policies.set('thing', { etag, bindings: [viewer] });
  expect(() => policies.set('thing', { etag, bindings: [] })).toThrow(refused('ABORTED'));
  expect(policies.get('thing').bindings).toEqual([viewer]);
});

test('etags are base64, as gcloud takes them for bytes', () => {
  const { etag = '' } = policies.set('thing', { bindings: [viewer] });
  expect(Buffer.from(etag, 'base64').toString('base64')).toBe(etag);
});

test('conditions need version 3, and an older reader does not see them as they are', () => {
  expect(() => policies.set('thing', { bindings: [conditional] })).toThrow(refused('INVALID_ARGUMENT'));
  policies.set('thing', { version: 3, bindings: [conditional] });
  expect(policies.get('thing')).toMatchObject({ version: 3, bindings: [conditional] });
  const [old] = policies.get('thing', 1).bindings;
  expect(old?.role).toMatch(/^roles\/viewer_withcond_/);
  expect(old?.condition).toBeUndefined();
});

test.for([
  ['a member of no kind', { role: 'roles/viewer', members: ['ana@example.test'] }],
  [
    'a member that is not there',
    { role: 'roles/viewer', members: ['serviceAccount:nobody@p.iam.gserviceaccount.com'] },
  ],
  ['a role that is none', { role: 'viewer', members: ['user:ana@example.test'] }],
] as const)('%s is refused', ([, binding]) => {
  expect(() => policies.set('thing', { bindings: [binding] })).toThrow(refused('INVALID_ARGUMENT'));
});

test('a role without members is gone', () => {
  policies.set('thing', { bindings: [{ role: 'roles/viewer', members: [] }] });
  expect(policies.get('thing').bindings).toEqual([]);
});
