/** The workflows of GitHub Actions: without a finding, and nothing in them that a person could not run. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { clusters } from '../environments/index.ts';
import { ownImages } from '../environments/releases.ts';
import { dockerfiles } from '../gcp-bootstrap/deploy/images.ts';
import { workflowIdentities } from '../gcp-bootstrap/github/identities.ts';
import { provide } from '../testbed/provide/provide.ts';
import { actionlint, zizmor } from '../testbed/servers/tools.ts';
import { root } from './clusters.ts';

interface Step {
  readonly run?: string;
  readonly uses?: string;
  readonly env?: Readonly<Record<string, string>>;
}
interface Job {
  readonly environment?: string;
  readonly steps: readonly Step[];
  readonly permissions?: unknown;
  readonly 'timeout-minutes'?: number;
  readonly strategy?: {
    readonly matrix: {
      readonly include?: readonly { image: string; dockerfile: string }[];
      readonly environment?: readonly string[];
    };
  };
}
interface Workflow {
  readonly on: Readonly<
    Record<string, { readonly branches?: readonly string[]; readonly paths?: readonly string[] } | null>
  >;
  readonly permissions: unknown;
  readonly concurrency?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const folder = join(root, '.github/workflows');
const names = readdirSync(folder).map((file) => file.replace('.yml', ''));
const read = (name: string) => parse(readFileSync(join(folder, `${name}.yml`), 'utf8')) as Workflow;
const steps = (name: string) => Object.values(read(name).jobs).flatMap(({ steps: own }) => own);
const scripts = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> })
  .scripts;

test('there are those that the documentation names', () => {
  expect(names.toSorted()).toEqual(['drift', 'images', 'integration', 'promote', 'review', 'validate']);
});

describe('lint', () => {
  let programs: { readonly actionlint: string; readonly zizmor: string };
  beforeAll(async () => {
    const [lint, audit] = await Promise.all([provide(actionlint), provide(zizmor)]);
    programs = { actionlint: lint.path, zizmor: join(audit.path, 'bin/zizmor') };
  });

  test('actionlint has nothing to say', () => {
    const { status, stdout, stderr } = spawnSync(programs.actionlint, [], { cwd: root, encoding: 'utf8' });
    expect(stdout + stderr).toBe('');
    expect(status).toBe(0);
  });

  test('zizmor has no finding, also where it is pedantic', () => {
    const args = ['--offline', '--pedantic', '--format', 'json', '--no-progress', '.github'];
    const { status, stdout, stderr } = spawnSync(programs.zizmor, args, { cwd: root, encoding: 'utf8' });
    expect(JSON.parse(stdout), stderr).toEqual([]);
    expect(status).toBe(0);
  });
});

describe.each(names)('%s', (name) => {
  test('has no rights but those that a job asks for, and ends one day', () => {
    const { permissions, concurrency, jobs } = read(name);
    expect(permissions).toEqual({});
    expect(concurrency).toBeDefined();
    for (const job of Object.values(jobs)) {
      expect(job.permissions).toBeDefined();
      expect(job['timeout-minutes']).toBeGreaterThan(0);
    }
  });

  test('pins every action by commit', () => {
    for (const { uses } of steps(name)) if (uses) expect(uses).toMatch(/@[0-9a-f]{40}$/);
  });

  test('runs scripts of package.json that exist, and little else', () => {
    const commands = steps(name).flatMap(({ run }) => (run ? [run] : []));
    for (const command of commands) {
      const [, script = ''] = /^npm (?:run (?:--silent )?|(?=ci$|test$))([a-z]+)/.exec(command) ?? [];
      if (script === 'ci') continue;
      if (script) expect(Object.keys(scripts), command).toContain(script);
      else expect(command).toMatch(/^(gh workflow run [a-z]+\.yml |cosign sign |echo "\$IMAGE=)/);
    }
    const started = commands.flatMap((command) => /gh workflow run ([a-z]+)\.yml/.exec(command)?.[1] ?? []);
    for (const other of started) expect(read(other).on).toHaveProperty('workflow_dispatch');
  });
});

test('main and develop are validated', () => {
  expect(read('validate').on).toMatchObject({ pull_request: null, push: { branches: ['main', 'develop'] } });
});

test('every image of ours that has a Dockerfile is built, and its digest handed on', () => {
  const { build, dev } = read('images').jobs;
  const built = build?.strategy?.matrix.include ?? [];
  for (const { dockerfile } of built) expect(existsSync(join(root, dockerfile)), dockerfile).toBe(true);
  const found = ['memory', ...readdirSync(join(root, 'mcp-servers')).map((server) => `mcp-servers/${server}`)]
    .map((path) => `${path}/Dockerfile`)
    .filter((path) => existsSync(join(root, path)));
  expect(built.map(({ dockerfile }) => dockerfile).toSorted()).toEqual(found.toSorted());
  expect(Object.fromEntries(built.map(({ image, dockerfile }) => [image, dockerfile]))).toEqual(dockerfiles);
  const handed = JSON.stringify(dev);
  for (const { image } of built) {
    expect(ownImages).toContain(image);
    expect(handed).toContain(`needs.build.outputs.${image}`);
  }
});

describe('keyless', () => {
  const all = clusters();
  const project = {
    id: 'a-project',
    number: '1',
    billingAccount: '000000-000000-000000',
    apis: new Set<string>(),
  };
  const repository = { name: 'owner/name', ownerId: '1', repositoryId: '2' };
  const identities = [...new Set(all.map(({ environment }) => environment.name))].map((name) =>
    workflowIdentities(
      project,
      all.filter(({ environment }) => environment.name === name),
      repository,
    ),
  );
  const named = names.map((name) => readFileSync(join(folder, `${name}.yml`), 'utf8')).join('\n');

  test('the environments of GitHub that jobs name are those that the bootstrap makes', () => {
    const jobs = names.flatMap((name) => Object.values(read(name).jobs));
    const used = jobs.flatMap(({ environment, strategy }) => {
      if (environment === undefined) return [];
      const values = strategy?.matrix.environment ?? [];
      return environment.includes('${{ matrix.environment }}')
        ? values.map((value) => environment.replace('${{ matrix.environment }}', value))
        : [environment];
    });
    const made = identities.flatMap(({ environments }) => environments);
    expect([...new Set(used)].toSorted()).toEqual(made.toSorted());
  });

  test('the variables that workflows read are those that the bootstrap sets', () => {
    const used = [...named.matchAll(/\bvars\.([A-Z_]+)/g)].map(([, name]) => name);
    const set = identities.flatMap(({ variables }) => variables.map(({ name }) => name));
    expect([...new Set(used)].toSorted()).toEqual([...new Set(set)].toSorted());
  });

  test('nothing reads a secret but the token that GitHub gives', () => {
    expect(named.match(/\bsecrets\.\w+/g)).toBeNull();
  });
});

test('after a sync to dev, what deploy checks at its end is checked', () => {
  const { gitops } = clusters().find(({ folder: own }) => own === 'dev')?.environment ?? {};
  const { on } = read('integration');
  expect(on.push).toEqual({ branches: [gitops?.revision], paths: ['dist/dev/**'] });
  expect(steps('integration').flatMap(({ run }) => run ?? [])).toEqual([
    'npm ci',
    'npm run deploy -- --env dev --check --commit "$COMMIT"',
  ]);
});
