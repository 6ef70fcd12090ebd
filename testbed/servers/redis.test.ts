import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';

// Starts processes, on machines that may be busy.
vi.setConfig({ testTimeout: 60_000 });

test('where neither Redis nor packages are, the error says what to install', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'redis-test-'));
  const cli = join(import.meta.dirname, '..', 'cli.ts');
  const options = { env: { PATH: folder, XDG_CACHE_HOME: folder } };
  const stderr = await new Promise<string>((resolve) =>
    execFile(process.execPath, [cli, 'build', 'redis-server'], options, (_error, _stdout, stderr) => resolve(stderr)),
  );
  rmSync(folder, { recursive: true });
  expect(stderr).toContain('build: spawn apt-get ENOENT');
  expect(stderr).toContain('Install redis-server 7 (Debian: apt-get install redis-server).');
});
