import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { librariesOf } from './redis.ts';

// Starts processes, on machines that may be busy.
vi.setConfig({ testTimeout: 60_000 });

test('the libraries of a package are its own dependencies, without the C library and alternatives', () => {
  const answer = `redis-tools
  Depends: adduser
 |Depends: libelogind0
  Depends: libsystemd0
  Depends: libc6
  Depends: libssl3
  Depends: <libvirtual>
  Breaks: redis-server
  Suggests: libruby
`;
  expect(librariesOf(answer)).toEqual(['libsystemd0', 'libssl3']);
});

test('where neither Redis nor packages are, the error says what to install', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'redis-test-'));
  const cli = join(import.meta.dirname, '..', 'cli.ts');
  const options = { env: { PATH: folder, XDG_CACHE_HOME: folder } };
  const stderr = await new Promise<string>((resolve) =>
    execFile(process.execPath, [cli, 'build', 'redis-server'], options, (_error, _stdout, stderr) => resolve(stderr)),
  );
  rmSync(folder, { recursive: true });
  expect(stderr).toContain('build: spawn apt-cache ENOENT');
  expect(stderr).toContain('Install redis-server 7 (Debian: apt-get install redis-server).');
});
