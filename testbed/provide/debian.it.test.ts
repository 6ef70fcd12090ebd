import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { skipped } from '../skip.ts';
import { unpackPackages } from './debian.ts';
import { runnable } from './unpacked.ts';

test.skipIf(skipped('redis-server'))(
  'packages are unpacked into a folder, and their program runs from there',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'debian-test-'));
    try {
      const target = join(folder, 'made');
      await unpackPackages({ target, folder }, ['redis-server', 'redis-tools'], 'usr/bin/redis-server');
      const { command, args, env } = runnable(target, 'usr/bin/redis-server');
      expect(command.startsWith(folder) && existsSync(command)).toBe(true);
      const { stdout } = await promisify(execFile)(command, [...args, '--version'], {
        env: { ...process.env, ...env },
      });
      expect(stdout).toMatch(/^Redis server v=\d/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
