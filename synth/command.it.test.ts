/** The command as people run it, each in a copy of the repository of its own. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../testing/clusters.ts';
import { type ProjectCopy, projectCopy, treeOf } from './testing/project-copy.ts';

let project: ProjectCopy;
let copy: string;

beforeAll(() => {
  project = projectCopy();
  copy = project.folder;
});
afterAll(() => project.remove());

const run: ProjectCopy['run'] = (...args) => project.run(...args);
const synth: ProjectCopy['synth'] = (...args) => project.synth(...args);
const tree: ProjectCopy['tree'] = (folder) => project.tree(folder);

/** Changes a file for the time of one test. */
function edited(file: string, from: string, to: string, body: () => void) {
  const before = project.read(file);
  project.edit(file, from, to);
  try {
    body();
  } finally {
    project.write(file, before);
  }
}

describe('synth', () => {
  test('writes what is committed: from the sources, from the bundle, and by the cdk8s CLI', () => {
    const committed = treeOf(join(root, 'dist'));
    const bundle = join(copy, 'node_modules/.cache/ai-orchestra/synth.mjs');
    expect(existsSync(bundle)).toBe(false);
    expect(synth('--quiet').stderr).toBe('');
    expect(existsSync(bundle)).toBe(true);
    expect(tree('dist')).toEqual(committed);
    rmSync(join(copy, 'dist'), { recursive: true });
    expect(synth('--quiet').status).toBe(0);
    expect(tree('dist')).toEqual(committed);
    rmSync(join(copy, 'dist'), { recursive: true });
    expect(run('cdk8s', 'synth', '--check-upgrade=false').status).toBe(0);
    expect(tree('dist')).toEqual(committed);
    expect(run('cdk8s', 'synth', '--check-upgrade=false', '--output', 'elsewhere').status).toBe(0);
    expect(tree('elsewhere')).toEqual(committed);
  });

  test('a second run changes nothing, and says so', () => {
    synth('--quiet');
    const second = JSON.parse(synth('--json').stdout) as { difference: object };
    expect(second.difference).toEqual({ added: [], changed: [], removed: [] });
  });

  test('bad settings are told all at once, with exit code 1, and dist/ stays as it was', () => {
    synth('--quiet');
    const before = tree('dist');
    edited('environments/dev.ts', 'replicas: 3', 'replicas: -3', () =>
      edited('environments/prod.ts', "mode: 'PROD'", "mode: 'DEV'", () => {
        for (const bad of [synth(), run('cdk8s', 'synth', '--check-upgrade=false')]) {
          expect(bad.status).not.toBe(0);
          const told = bad.stderr + bad.stdout;
          expect(told).toContain('dev.superagi.replicas\n    given    -3\n    allowed  a whole number from 1 to 100');
          expect(told).toContain('prod.superagi.mode');
          expect(tree('dist')).toEqual(before);
        }
        expect(synth().status).toBe(1);
        expect(JSON.parse(synth('--json').stderr)).toMatchObject({
          problems: [{ path: 'dev.superagi.replicas' }, { path: 'prod.superagi.mode' }],
        });
      }),
    );
  });

  test('--check lists what is missing, outdated and unknown, and mends nothing', () => {
    synth('--quiet');
    expect(synth('--check')).toMatchObject({ status: 0, stderr: '' });
    rmSync(join(copy, 'dist/dev/dragonfly/Service-dragonfly.yaml'));
    writeFileSync(join(copy, 'dist/dev/dragonfly/old.yaml'), 'kind: ConfigMap\n');
    edited('environments/dev.ts', "snapshot: '*/15 * * * *'", "snapshot: '*/5 * * * *'", () => {
      const before = tree('dist');
      const checked = synth('--check');
      expect(checked.status).toBe(1);
      expect(checked.stderr).toContain('missing  dist/dev/dragonfly/Service-dragonfly.yaml');
      expect(checked.stderr).toContain('outdated dist/dev/dragonfly/StatefulSet-dragonfly.yaml');
      expect(checked.stderr).toContain('unknown  dist/dev/dragonfly/old.yaml');
      expect(tree('dist')).toEqual(before);
    });
    synth('--quiet');
    expect(tree('dist').has('dev/dragonfly/old.yaml')).toBe(false);
  });

  test('a variable that a service does not know, or lacks, stops the synthesis', () => {
    edited('charts/memory.ts', "MEMORY_STORE: 'tiers'", "MEMORY_STOER: 'tiers'", () => {
      const { status, stderr } = synth();
      expect(status).toBe(1);
      expect(stderr).toContain('MEMORY_STOER');
    });
  });

  test('an address without a declared call stops the synthesis', () => {
    edited('charts/memory.ts', "calls(redis, 'short-term memory'),", '', () => {
      const { status, stderr } = synth();
      expect(status).toBe(1);
      expect(stderr).toContain('names dragonfly.superagi-data.svc and does not declare that it calls dragonfly');
    });
  });

  test('wrong usage is exit code 2, with the usage', () => {
    const { status, stderr } = synth('--nothing');
    expect(status).toBe(2);
    expect(stderr).toContain('Usage: npm run synth');
    expect(synth('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('Exit codes') });
  });
});
