import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

// Starts processes, on machines that may be busy.
vi.setConfig({ testTimeout: 60_000 });

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

let folder: string;

/** The command with an empty cache and a PATH without programs. */
function testbed(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Result> {
  const cli = join(import.meta.dirname, 'cli.ts');
  const options = { env: { PATH: folder, XDG_CACHE_HOME: folder, ...env } };
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, ...args], options, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-test-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

test('list shows each with its version and builds nothing', async () => {
  const { code, stdout } = await testbed(['list']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^NAME +VERSION +FROM +PATH\netcd +\d+\.\d+\.\d+ +- +not built\n/);
});

test('list --json says where it is and how it was found', async () => {
  const path = join(folder, 'my-etcd');
  writeFileSync(path, '');
  const { stdout } = await testbed(['list', '--json', 'etcd'], { TESTBED_ETCD: path });
  expect(JSON.parse(stdout)).toEqual([{ name: 'etcd', version: expect.any(String), origin: 'environment', path }]);
});

test('build without a compiler ends with 1 and says what to install, for all names at once', async () => {
  const { code, stderr } = await testbed(['build', 'etcd', 'kwok-stages']);
  expect(code).toBe(1);
  expect(stderr).toContain('build: spawn go ENOENT');
  expect(stderr).toMatch(/etcd \S+ cannot be provided[\s\S]*Install Go/);
  expect(stderr).toMatch(/kwok-stages \S+ cannot be provided[\s\S]*Install Go/);
});

test.each([
  { args: [], says: 'no command' },
  { args: ['make'], says: 'unknown: make' },
  { args: ['build', 'etcd', 'mysql'], says: 'unknown: mysql' },
  { args: ['list', '--yaml'], says: "Unknown option '--yaml'" },
])('wrong usage ends with 2: $says', async ({ args, says }) => {
  const { code, stdout, stderr } = await testbed(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(says);
  expect(stderr).toContain('node testbed/cli.ts build');
});

test('--help prints the usage on standard output', async () => {
  const { code, stdout } = await testbed(['--help']);
  expect(code).toBe(0);
  expect(stdout).toContain('Exit codes: 0 all done, 1 something cannot be provided, 2 wrong usage.');
});
