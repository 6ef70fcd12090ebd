import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { withLock } from './lock.ts';

// Starts processes, on machines that may be busy.
vi.setConfig({ testTimeout: 60_000 });

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-test-'));
  file = join(folder, 'not', 'yet', 'lock');
});

afterEach(() => rmSync(folder, { recursive: true }));

test('work under one lock never overlaps', async () => {
  const events: string[] = [];
  const work = (name: string) =>
    withLock(file, async () => {
      events.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      events.push(`${name} ends`);
    });
  await Promise.all([work('a'), work('b')]);
  expect(events).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
});

test('a failure of the work is handed on, and the lock is free', async () => {
  await expect(withLock(file, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  const onWait = vi.fn();
  expect(await withLock(file, async () => 'done', onWait)).toBe('done');
  expect(onWait).not.toHaveBeenCalled();
});

test('the lock of a holder that was killed is free', async () => {
  const script = `
    import { withLock } from ${JSON.stringify(join(import.meta.dirname, 'lock.ts'))};
    await withLock(${JSON.stringify(file)}, () => {
      console.log('held');
      return new Promise((resolve) => setTimeout(resolve, 600_000));
    });`;
  const holder = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data');

  const onWait = vi.fn(() => holder.kill('SIGKILL'));
  expect(await withLock(file, async () => 'mine', onWait)).toBe('mine');
  expect(onWait).toHaveBeenCalledOnce();
});
