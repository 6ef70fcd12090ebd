/** The commands that show what the code declares, run as a person would. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from './clusters.ts';

const run = (command: string, ...args: string[]) =>
  spawnSync(process.execPath, [`cli/${command}.ts`, ...args], { cwd: root, encoding: 'utf8' });

describe.each(['env', 'flows', 'secrets', 'roles'])('npm run %s', (command) => {
  test('has help, and exit code 2 with the usage for what it does not know', () => {
    expect(run(command, '--help')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(`Usage: npm run ${command}`),
    });
    expect(run(command, 'nowhere', '--json')).toMatchObject({ status: 2, stderr: expect.stringContaining('Usage:') });
    expect(run(command, '--unknown')).toMatchObject({ status: 2 });
  });

  test('prints no colour where there is no terminal', () => {
    expect(run(command, ...(command === 'env' ? ['settings'] : ['dev'])).stdout).not.toContain('\u001b');
  });
});

test.each(['release', 'review', 'propose'])(
  'npm run %s has help, and exit code 2 with the usage for what is wrong',
  (command) => {
    expect(run(command, '--help')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(`Usage: npm run ${command}`),
    });
    expect(run(command, '--unknown')).toMatchObject({ status: 2, stderr: expect.stringContaining('Usage:') });
    const without = command === 'review' ? ['--format', 'html'] : [];
    expect(run(command, ...without)).toMatchObject({ status: 2, stderr: expect.stringContaining('Usage:') });
  },
);

test('npm run review tells what dist/ has and a commit had not, and says where there is no such commit', () => {
  const { base, changes } = JSON.parse(run('review', '--base', 'HEAD', '--json').stdout);
  expect(base).toMatch(/^[0-9a-f]{40}$/);
  expect(changes).toBeInstanceOf(Array);
  const refused = run('review', '--base', 'no-such-branch');
  expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('fetch-depth: 0')]);
});

test('npm run env -- diff staging prod shows what differs, and nothing else', () => {
  const rows = JSON.parse(run('env', 'diff', 'staging', 'prod', '--json').stdout) as {
    path: string;
    left: string;
    right: string;
  }[];
  expect(rows).toContainEqual({ path: 'weaviate.replicas', left: '1', right: '3' });
  expect(rows.every(({ left, right }) => left !== right)).toBe(true);
  expect(rows.map(({ path }) => path)).not.toContain('cluster.machineType');
  expect(run('env', 'diff', 'staging', 'prod').stdout).toMatch(/│ weaviate\.replicas +│ 1 +│ 3 +│/);
});

test('npm run flows prints every flow and draws the picture that docs/ shows', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flows-'));
  try {
    const picture = join(folder, 'flows.svg');
    const { stdout } = run('flows', 'prod-us-central1', '--svg', picture);
    expect(stdout).toMatch(/│ superagi\/memory +│ superagi-data\/dragonfly +│ TCP 6379 +│ short-term memory/);
    expect(readFileSync(picture, 'utf8')).toBe(readFileSync(join(root, 'docs/flows.svg'), 'utf8'));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('npm run secrets says which secret, which key and who reads it', () => {
  const rows = JSON.parse(run('secrets', 'dev', '--json').stdout) as { secretManager: string; readers: string }[];
  expect(
    rows.find(({ secretManager, readers }) => secretManager === 'orchestra-dragonfly-password' && readers === 'memory'),
  ).toBeDefined();
});

test('npm run roles binds roles to ServiceAccounts that exist', () => {
  const rows = JSON.parse(run('roles', 'dev', '--json').stdout) as { serviceAccount: string }[];
  expect(rows.length).toBeGreaterThan(5);
  for (const { serviceAccount } of rows) {
    const applications = ['memory', 'weaviate', 'backup', 'monitoring'];
    expect(
      applications.some((application) =>
        existsSync(join(root, `dist/dev/${application}/ServiceAccount-${serviceAccount.split('/')[1]}.yaml`)),
      ),
      serviceAccount,
    ).toBe(true);
  }
});

test('npm run promote has help, and exit code 2 with the usage for what it does not know', () => {
  expect(run('promote', '--help')).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('Usage: npm run promote'),
  });
  for (const args of [
    [],
    ['--from', 'dev'],
    ['--from', 'dev', '--to', 'qa'],
    ['--from', 'dev', '--to', 'staging', 'memory'],
    ['--from', 'dev', '--to', 'staging', '--rollback'],
    ['--unknown'],
  ])
    expect(run('promote', ...args), args.join(' ')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('Usage: npm run promote'),
    });
});
