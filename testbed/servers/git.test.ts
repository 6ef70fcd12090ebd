import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type GitRepository, gitRepository } from './git.ts';

// Starts processes, on machines that may be busy.
vi.setConfig({ testTimeout: 60_000 });

let repository: GitRepository;
let clone: string;

beforeEach(async () => {
  repository = await gitRepository();
  clone = mkdtempSync(join(tmpdir(), 'git-test-'));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await repository.stop();
  rmSync(clone, { recursive: true });
});

async function git(...args: readonly string[]): Promise<string> {
  return (await promisify(execFile)('git', [...args], { cwd: clone })).stdout.trim();
}

test('who clones its URL sees the last commit of main, with files added, changed and removed', async () => {
  await repository.commit({ 'a/one.yaml': '1', 'b/two.yaml': '2', 'c.yaml': '3' });
  const revision = await repository.commit({ 'a/one.yaml': '1.1', b: null }, 'Change one, remove b');
  await git('clone', '--quiet', repository.url, '.');
  expect(await git('rev-parse', 'origin/main')).toBe(revision);
  expect(await git('ls-files')).toBe('a/one.yaml\nc.yaml');
  expect(readFileSync(join(clone, 'a/one.yaml'), 'utf8')).toBe('1.1');
  expect(await git('log', '-1', '--format=%s')).toBe('Change one, remove b');
});

test('a function changes the work tree, and ignored files are committed too', async () => {
  await repository.commit((folder) => {
    writeFileSync(join(folder, '.gitignore'), '*.log');
    writeFileSync(join(folder, 'kept.log'), '');
  });
  await git('clone', '--quiet', repository.url, '.');
  expect(existsSync(join(clone, 'kept.log'))).toBe(true);
});

test('what is not committed is not seen', async () => {
  const revision = await repository.commit({ a: '1' });
  writeFileSync(join(repository.folder, 'a'), '2');
  expect(await git('ls-remote', repository.url, 'main')).toContain(revision);
  expect(await repository.commit({}, 'Publish what was written')).not.toBe(revision);
});

test("the variables of a git hook's environment do not lead elsewhere", async () => {
  vi.stubEnv('GIT_DIR', '/nowhere');
  vi.stubEnv('GIT_INDEX_FILE', '/nowhere/index');
  expect(await repository.commit({ a: '1' })).toMatch(/^[0-9a-f]{40}$/);
});
