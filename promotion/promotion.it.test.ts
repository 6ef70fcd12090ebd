/** The way of two changes through the environments and back, by the commands, in a copy of the project with git. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ProjectCopy, projectCopy } from '../synth/testing/project-copy.ts';

const prod = 'dist/prod-us-central1';
const [first, second] = ['1', '2'].map((digit) => `sha256:${digit.repeat(64)}`);
let project: ProjectCopy;
/** Commits that had the releases of prod, in their order. */
const releases: string[] = [];

/** Numbers of the releases that the project had before the story. */
const had = { staging: 0, prod: 0 };

/** Charts and digests as they are when the story begins have gone everywhere. */
beforeAll(() => {
  project = projectCopy();
  for (const environment of ['staging', 'prod'] as const)
    had[environment] = JSON.parse(project.read(`environments/releases/${environment}.json`)).release;
  build('1.0.0', first);
  for (const [from, to] of [
    ['dev', 'staging'],
    ['staging', 'prod'],
  ] as const) {
    done(project.promote('--from', from, '--to', to));
    releases[0] = project.commit(`Promote to ${to}`);
  }
});
afterAll(() => project?.remove());

/** What the build of an image writes for dev, committed. */
function build(version: string, digest: string | undefined) {
  project.edit('environments/releases/dev.json', /"memory": "[^"]*"/, `"memory": "${version}@${digest}"`);
  done(project.synth('--quiet'));
  project.commit(`Build memory ${version}`);
}

const done = (result: { status: number | null; stderr: string; stdout: string }) => {
  expect(result.stderr).toBe('');
  expect(result.status).toBe(0);
  return result.stdout;
};
const refused = (...args: readonly string[]) => {
  const { status, stderr } = project.promote(...args, '--json');
  expect(status, stderr).toBe(1);
  return (JSON.parse(stderr) as { problems: { path: string; given: string; fix: string }[] }).problems;
};
/** Everything that a refused or dry run must leave alone. */
const written = () => new Map([...project.tree('dist'), ...project.tree('environments')]);
const deployment = (cluster: string) => project.read(`dist/${cluster}/memory/Deployment-memory.yaml`);
const readyIn = (seconds: number) => `terminationGracePeriodSeconds: ${seconds}`;

describe('a promotion', () => {
  test('a changed chart is in dev at once, and held in staging and prod, which the report says', () => {
    const before = new Map([...project.tree('dist/staging'), ...project.tree(prod)]);
    project.edit('charts/memory.ts', 'terminationGraceSeconds: 60', 'terminationGraceSeconds: 61');
    const report = JSON.parse(done(project.synth('--json'))) as { held: object; difference: { changed: string[] } };
    expect(report.held).toEqual([
      { cluster: 'staging', applications: ['memory'], command: 'npm run promote -- --from dev --to staging' },
      { cluster: 'prod-us-central1', applications: ['memory'], command: 'npm run promote -- --from staging --to prod' },
    ]);
    expect(report.difference.changed).toEqual(['dev/memory/Deployment-memory.yaml']);
    expect(new Map([...project.tree('dist/staging'), ...project.tree(prod)])).toEqual(before);
    expect(deployment('dev')).toContain(readyIn(61));
    expect(project.synth().stdout).toContain(
      'Held in staging, as promoted, whatever the charts say now: memory. To have the changes: npm run promote -- --from dev --to staging',
    );
    done(project.synth('--check'));
  });

  test('another folder gets what is held from dist/, or from git where dist/ is gone; --unheld renders it', () => {
    done(project.synth('--quiet', '--out', 'elsewhere'));
    expect(project.tree('elsewhere')).toEqual(project.tree('dist'));
    rmSync(join(project.folder, prod), { recursive: true });
    done(project.synth('--quiet', '--out', 'elsewhere'));
    done(project.synth('--quiet'));
    expect(project.tree('elsewhere')).toEqual(project.tree('dist'));
    expect(deployment('prod-us-central1')).toContain(readyIn(60));
    done(project.synth('--quiet', '--out', 'elsewhere', '--unheld'));
    expect(project.read('elsewhere/prod-us-central1/memory/Deployment-memory.yaml')).toContain(readyIn(61));
    rmSync(join(project.folder, 'elsewhere'), { recursive: true });
  });

  test('a held file that somebody cuts short stops the synthesis and the check, by its name', () => {
    const file = `${prod}/memory/Deployment-memory.yaml`;
    const text = project.read(file);
    project.write(file, text.slice(0, 100));
    for (const args of [[], ['--check']]) {
      const { status, stderr } = project.synth(...args);
      expect(status).toBe(1);
      expect(stderr).toContain(`git checkout -- ${file}`);
    }
    project.write(file, text);
  });

  test('skips no environment, takes nothing that is in no commit, and nothing that the environment before has not run', () => {
    const before = written();
    expect(refused('--from', 'dev', '--to', 'prod')).toMatchObject([{ given: 'prod takes from staging alone' }]);
    expect(refused('--from', 'prod', '--to', 'staging')).toMatchObject([{ given: 'staging takes from dev alone' }]);
    expect(refused('--from', 'dev', '--to', 'staging')).toMatchObject([
      { path: 'dev', given: expect.stringContaining('in no commit') },
    ]);
    expect(refused('--from', 'staging', '--to', 'prod')).toMatchObject([
      { path: 'dist/staging/memory', fix: expect.stringContaining('--from dev --to staging --only memory') },
    ]);
    expect(refused('--from', 'dev', '--to', 'staging', '--only', 'nothing')).toMatchObject([{ given: 'nothing' }]);
    expect(written()).toEqual(before);
    project.commit('Give memory a second more');
  });

  test('takes digests and charts together, shows each object and field, and says what to commit', () => {
    build('1.1.0', second);
    const before = written();
    const told = done(project.promote('--from', 'dev', '--to', 'staging', '--dry-run'));
    expect(told).toContain('Nothing was written.');
    expect(written()).toEqual(before);
    const shown = done(project.promote('--from', 'dev', '--to', 'staging'));
    expect(shown).toContain('memory: 1.0.0 sha256:111111111111 → 1.1.0 sha256:222222222222');
    expect(shown).toContain('changed Deployment superagi/memory (restarts pods)');
    expect(shown).toContain('spec.template.spec.terminationGracePeriodSeconds: 60 → 61');
    expect(shown).toMatch(/spec\.template\.spec\.containers\[memory\]\.image: .*@sha256:1{12}… → .*@sha256:2{12}…$/m);
    expect(shown).toContain('1 changed; pods of 1 restart; no data is touched.');
    expect(shown).toContain(`Promote memory from dev to staging: release ${had.staging + 2}`);
    expect(
      project
        .git('status', '--porcelain')
        .split('\n')
        .map((line) => line.trim().slice(2)),
    ).toEqual([
      'dist/staging/index.json',
      'dist/staging/memory/Deployment-memory.yaml',
      'environments/releases/staging.json',
    ]);
    done(project.synth('--check'));
    project.commit('Promote memory from dev to staging');
  });

  test('of one application leaves the others held', () => {
    project.edit('charts/dragonfly.ts', 'terminationGraceSeconds: ', 'terminationGraceSeconds: 1 + ');
    done(project.synth('--quiet'));
    project.commit('Give DragonflyDB a second more');
    done(project.promote('--from', 'dev', '--to', 'staging'));
    project.commit('Promote to staging');
    const report = JSON.parse(
      done(project.promote('--from', 'staging', '--to', 'prod', '--only', 'memory', '--json')),
    ) as { changes: { application: string }[]; stillHeld: object; applications: string[] };
    expect(report.applications).toEqual(['memory']);
    expect(report.changes).toMatchObject([{ application: 'memory', kind: 'Deployment', effects: ['restarts pods'] }]);
    expect(report.stillHeld).toEqual({ 'prod-us-central1': ['dragonfly'] });
    releases.push(project.commit('Promote memory to prod'));
    done(project.promote('--from', 'staging', '--to', 'prod'));
    project.commit('Promote to prod');
    expect(JSON.parse(done(project.synth('--json')))).toMatchObject({ held: [], difference: { changed: [] } });
    expect(done(project.promote('--from', 'staging', '--to', 'prod'))).toContain('prod has all of it already');
  });

  test('a setting of prod reaches prod by its own commit, while nothing is held', () => {
    project.edit('environments/prod.ts', 'mongodb: {\n    members: 3', 'mongodb: {\n    members: 5');
    const { difference } = JSON.parse(done(project.synth('--json'))) as { difference: { changed: string[] } };
    expect(difference.changed).toContain('prod-us-central1/mongodb/StatefulSet-mongodb.yaml');
    expect(difference.changed.every((path) => path.startsWith('prod-us-central1/'))).toBe(true);
    project.git('checkout', '--quiet', '.');
  });

  test('does not go back in version, nor to a digest that was there before, nor from a build to none', () => {
    build('1.0.0', first);
    expect(refused('--from', 'dev', '--to', 'staging')).toMatchObject([
      { given: '1.0.0, older than 1.1.0', fix: expect.stringContaining('--to staging --rollback') },
    ]);
    project.edit('environments/releases/dev.json', '1.0.0@', '');
    done(project.synth('--quiet'));
    project.commit('Without a version');
    expect(refused('--from', 'dev', '--to', 'staging')).toMatchObject([
      { given: expect.stringMatching(/^sha256:1+, which staging had in release \d$/) },
    ]);
    build('1.2.0', `sha256:${'0'.repeat(64)}`);
    expect(refused('--from', 'dev', '--to', 'staging')).toMatchObject([{ given: 'no digest yet: sixty-four zeros' }]);
    build('1.1.0', second);
  });
});

describe('a rollback', () => {
  const record = () =>
    JSON.parse(project.read('environments/releases/prod.json')) as {
      release: number;
      applications: Record<string, { release: number }>;
    };
  const filesAt = (commit = '') => project.git('rev-parse', `${commit}:${prod}`);

  test('restores the files of the release before, byte by byte, and the one before that when it is asked again', () => {
    // Charts that have gone on meanwhile make no difference.
    project.edit('charts/memory.ts', 'terminationGraceSeconds: 61', 'terminationGraceSeconds: 62');
    done(project.synth('--quiet'));
    project.commit('Another second');
    const shown = done(project.promote('--to', 'prod', '--rollback'));
    expect(shown).toContain('dist/prod-us-central1/dragonfly: 1 changed');
    done(project.synth('--check'));
    const once = project.commit('Roll back prod');
    expect(filesAt(once)).toBe(filesAt(releases[1]));
    done(project.promote('--to', 'prod', '--rollback', '--only', 'memory'));
    const twice = project.commit('Roll back memory');
    expect(filesAt(twice)).toBe(filesAt(releases[0]));
    expect(deployment('prod-us-central1')).toContain(readyIn(60));
    expect(deployment('prod-us-central1')).toContain(first);
    expect(record().applications.memory).toEqual(expect.objectContaining({ release: had.prod + 1 }));
  });

  test('what was rolled back can be promoted again: that is no way back', () => {
    project.promote('--from', 'dev', '--to', 'staging');
    project.commit('Promote to staging');
    expect(done(project.promote('--from', 'staging', '--to', 'prod', '--dry-run'))).toContain(
      'memory: 1.0.0 sha256:111111111111 → 1.1.0 sha256:222222222222',
    );
  });

  test('needs a release before, and an environment that is held', () => {
    expect(refused('--to', 'dev', '--rollback')).toMatchObject([{ given: 'dev, which follows the charts' }]);
    const history = project.git('rev-parse', 'HEAD');
    project.git('checkout', '--quiet', '--orphan', 'young');
    project.commit('Begin again');
    expect(refused('--to', 'prod', '--rollback')).toMatchObject([{ given: expect.stringContaining('none before it') }]);
    project.git('checkout', '--quiet', 'main');
    expect(project.git('rev-parse', 'HEAD')).toBe(history);
  });
});

describe('what holds data', () => {
  const workspace = 'PersistentVolumeClaim-superagi-workspace.yaml';
  const release = (cluster: string) =>
    `{ cluster: '${cluster}', kind: 'PersistentVolumeClaim', namespace: 'superagi', name: 'superagi-workspace', reason: 'Copied to files, for this test' }`;
  const list = 'environments/releases-of-protection.ts';

  test('does not leave dist/ without a word, and does with one, in each cluster by its own', () => {
    project.edit('charts/superagi/process.ts', /workspaceName = '[^']*'/, "workspaceName = 'files'");
    const before = project.tree('dist');
    for (const args of [['--json'], ['--check', '--json']]) {
      const { status, stderr } = project.synth(...args);
      expect(status).toBe(1);
      expect(JSON.parse(stderr)).toMatchObject({
        problems: [
          {
            path: `dist/dev/superagi/${workspace}`,
            given: 'PersistentVolumeClaim superagi/superagi-workspace holds data and would leave dev',
            fix: expect.stringContaining(
              "{ cluster: 'dev', kind: 'PersistentVolumeClaim', namespace: 'superagi', name: 'superagi-workspace', reason: '...' }",
            ),
          },
        ],
      });
    }
    expect(project.tree('dist')).toEqual(before);
    project.edit(list, 'ReleaseOfProtection[] = []', `ReleaseOfProtection[] = [${release('dev')}]`);
    done(project.synth('--quiet'));
    expect(project.tree('dist').has(`dev/superagi/${workspace}`)).toBe(false);
    // The commit before still has it: who removes the entry now is told again.
    project.git('stash', 'push', '--quiet', '--', list);
    expect(project.synth().stderr).toContain('superagi-workspace holds data and would leave dev');
    project.git('stash', 'pop', '--quiet');
    project.commit('Rename the workspace');
  });

  test('is asked about again at each promotion, and the files stay as they were', () => {
    const before = written();
    expect(refused('--from', 'dev', '--to', 'staging')).toMatchObject([{ path: `dist/staging/superagi/${workspace}` }]);
    expect(written()).toEqual(before);
    project.edit(list, release('dev'), `${release('dev')}, ${release('staging')}`);
    // Not before the promotion: staging has it still.
    expect(project.synth().stderr).toContain('which staging has');
    done(project.promote('--from', 'dev', '--to', 'staging'));
    done(project.synth('--check'));
    expect(project.tree('dist').has(`staging/superagi/${workspace}`)).toBe(false);
    project.git('checkout', '--quiet', '.');
  });

  test('an entry that has done its work may go, which the report says; a wrong one is told', () => {
    project.write(list, project.git('show', `HEAD:${list}`));
    expect(project.synth().stdout).toContain(
      'can lose the entry of PersistentVolumeClaim superagi/superagi-workspace in dev: it is gone.',
    );
    project.edit(list, "kind: 'PersistentVolumeClaim', namespace", "kind: 'Volume', names: 'x', namespace");
    const { status, stderr } = project.synth();
    expect(status).toBe(1);
    expect(stderr).toContain('releasesOfProtection[0].kind');
    expect(stderr).toContain('releasesOfProtection[0].names');
    project.git('checkout', '--quiet', list);
  });

  test('--base compares with the commit where the branch began', () => {
    project.git('checkout', '--quiet', '-b', 'change', 'HEAD');
    project.write(list, project.git('show', `HEAD:${list}`).replace(release('dev'), ''));
    project.commit('Forget the entry');
    done(project.synth('--check'));
    const { status, stderr } = project.synth('--check', '--base', 'HEAD~2');
    expect(status).toBe(1);
    expect(stderr).toContain('superagi-workspace holds data and would leave dev');
    expect(project.synth('--check', '--base', 'nowhere')).toMatchObject({ status: 2 });
  });
});
