import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { InvalidInput } from '../environments/problem.ts';
import { protectedKinds, type ReleaseOfProtection } from '../environments/releases-of-protection.ts';
import { refuseDepartures, startListingBefore } from './protected.ts';
import { yamlDocument } from './yaml.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'protected-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const object = (kind: string, name: string, namespace: string | undefined, more: object = {}) =>
  yamlDocument({ apiVersion: 'v1', kind, metadata: { name, namespace }, ...more });
const set = (...templates: readonly string[]) =>
  object('StatefulSet', 'db', 'data', {
    spec: { volumeClaimTemplates: templates.map((name) => ({ metadata: { name } })) },
  });
const files = (entries: Readonly<Record<string, string>>) =>
  Object.entries(entries).map(([path, text]) => ({ path, text }));

function commit(entries: Readonly<Record<string, string>>) {
  for (const [path, text] of Object.entries(entries)) {
    mkdirSync(dirname(join(root, 'dist', path)), { recursive: true });
    writeFileSync(join(root, 'dist', path), text);
  }
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.test', ...args], { cwd: root });
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'Begin');
}

/** What is refused when dist/ becomes this. */
async function problems(
  after: Readonly<Record<string, string>>,
  released: readonly ReleaseOfProtection[] = [],
  disk: Readonly<Record<string, string>> = {},
) {
  const committed = startListingBefore(root);
  try {
    await refuseDepartures(root, { disk: () => files(disk), committed, after: files(after) }, released);
  } catch (error) {
    if (error instanceof InvalidInput) return error.problems.map(({ given }) => given);
    throw error;
  }
  return [];
}

describe('what holds data', () => {
  test.each(protectedKinds)('a %s does not leave', async (kind) => {
    commit({ [`dev/platform/${kind}-one.yaml`]: object(kind, 'one', undefined) });
    expect(await problems({})).toEqual([`${kind} one holds data and would leave dev`]);
  });

  test('other kinds come and go, and a change that keeps the object is none', async () => {
    commit({
      'dev/db/Service-db.yaml': object('Service', 'db', 'data'),
      'dev/db/StatefulSet-db.yaml': set('data'),
    });
    expect(await problems({ 'dev/db/StatefulSet-db.yaml': `${set('data')}status: {}\n` })).toEqual([]);
  });

  test('may move to another application of its cluster, not to another namespace or cluster', async () => {
    const claim = object('PersistentVolumeClaim', 'files', 'one');
    commit({ 'dev/a/PersistentVolumeClaim-files.yaml': claim });
    expect(await problems({ 'dev/b/PersistentVolumeClaim-files.yaml': claim })).toEqual([]);
    const elsewhere = object('PersistentVolumeClaim', 'files', 'two');
    const gone = ['PersistentVolumeClaim one/files holds data and would leave dev'];
    expect(await problems({ 'dev/a/PersistentVolumeClaim-files.yaml': elsewhere })).toEqual(gone);
    expect(await problems({ 'staging/a/PersistentVolumeClaim-files.yaml': claim })).toEqual(gone);
  });

  test('a claim template that leaves its StatefulSet counts; with the whole set, the set alone is named', async () => {
    commit({ 'dev/db/StatefulSet-db.yaml': set('data', 'logs') });
    const template = { cluster: 'dev', kind: 'StatefulSet', namespace: 'data', name: 'db', reason: 'x' } as const;
    const after = { 'dev/db/StatefulSet-db.yaml': set('data') };
    expect(await problems(after)).toEqual([
      'claim template logs of StatefulSet data/db holds data and would leave dev',
    ]);
    expect(await problems(after, [{ ...template, volumeClaimTemplate: 'logs' }])).toEqual([]);
    expect(await problems({})).toEqual(['StatefulSet data/db holds data and would leave dev']);
    expect(await problems({}, [template])).toEqual([]);
  });

  test('all that leaves is told together, with entries whose object is still there', async () => {
    commit({
      'dev/a/Namespace-one.yaml': object('Namespace', 'one', undefined),
      'dev/a/Namespace-two.yaml': object('Namespace', 'two', undefined),
      'dev/a/Namespace-three.yaml': object('Namespace', 'three', undefined),
    });
    const after = { 'dev/a/Namespace-three.yaml': object('Namespace', 'three', undefined) };
    const entry = { cluster: 'dev', kind: 'Namespace', name: 'three', reason: 'x' } as const;
    expect((await problems(after, [entry])).sort()).toEqual([
      'Namespace one holds data and would leave dev',
      'Namespace three, which dev has',
      'Namespace two holds data and would leave dev',
    ]);
  });

  test('outside of git, what the disk has counts; inside, what no commit has does not', async () => {
    const disk = { 'dev/a/Namespace-one.yaml': object('Namespace', 'one', undefined) };
    expect(await problems({}, [], disk)).toEqual(['Namespace one holds data and would leave dev']);
    commit({ 'dev/a/Service-one.yaml': object('Service', 'one', 'x') });
    expect(await problems({}, [], disk)).toEqual([]);
  });
});
