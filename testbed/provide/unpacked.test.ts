import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runnable } from './unpacked.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'unpacked-test-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

function file(path: string): string {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), '');
  return join(folder, path);
}

test('a program is started as it is', () => {
  const program = file('server');
  expect(runnable(program, 'usr/bin/server')).toEqual({ command: program, args: [], env: {} });
});

test('one out of packages finds the libraries beside it, also those one folder deeper', () => {
  const command = file('usr/bin/server');
  file('lib/x86_64-linux-gnu/liba.so.1');
  file('usr/lib/x86_64-linux-gnu/libb.so');
  file('usr/lib/x86_64-linux-gnu/audio/libc-16.1.so');
  file('usr/lib/x86_64-linux-gnu/images/picture.png');
  file('usr/lib/server/libd.so');
  const folders = ['lib/x86_64-linux-gnu', 'usr/lib/x86_64-linux-gnu', 'usr/lib/x86_64-linux-gnu/audio'];
  const env = { LD_LIBRARY_PATH: folders.map((path) => join(folder, path)).join(':') };
  expect(runnable(folder, 'usr/bin/server')).toEqual({ command, args: [], env });
});

test('one out of an image is started by the loader that its C library belongs to', () => {
  const program = file('usr/bin/server');
  const loader = file('usr/lib/aarch64-linux-gnu/ld-linux-aarch64.so.1');
  expect(runnable(folder, '/usr/bin/server')).toEqual({
    command: loader,
    args: ['--library-path', dirname(loader), program],
    env: {},
  });
});
