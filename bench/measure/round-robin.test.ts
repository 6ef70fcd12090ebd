import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Command, CommandFailed, output, roundRobin } from './round-robin.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'round-robin-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const shell = (name: string, script: (run: string) => string): Command => ({
  name,
  steps: (run) => [{ file: 'sh', args: ['-c', script(run)], cwd: folder }],
});

describe('roundRobin', () => {
  test('runs the commands in turn, and does not count the first run of each', () => {
    const note = (name: string) => shell(name, (run) => `echo ${name}-${run} >> log`);
    const figures = roundRobin([note('a'), note('b')], 2);
    expect(readFileSync(join(folder, 'log'), 'utf8').trim().split('\n')).toEqual([
      'a-warm',
      'b-warm',
      'a-run1',
      'b-run1',
      'a-run2',
      'b-run2',
    ]);
    expect(figures.get('a')?.range?.runs).toBe(2);
  });

  test('takes the processes of a command together', () => {
    const sleep = { file: 'sh', args: ['-c', 'sleep 0.05'], cwd: folder };
    const figures = roundRobin([{ name: 'two', steps: () => [sleep, sleep] }], 1);
    expect(figures.get('two')?.median).toBeGreaterThanOrEqual(100);
  });

  test('stops at a command that fails, with what it said', () => {
    expect(() => roundRobin([shell('broken', () => 'echo no such chart >&2; exit 3')], 1)).toThrow(
      /broken failed: no such chart/,
    );
    expect(() => roundRobin([shell('broken', () => 'exit 3')], 1)).toThrow(CommandFailed);
  });
});

test('output keeps variables that change Node or a peer from the commands', () => {
  process.env.HELM_NAMESPACE = 'elsewhere';
  try {
    const step = { file: 'sh', args: ['-c', 'echo "$HELM_NAMESPACE/$OWN"'], cwd: folder, env: { OWN: 'kept' } };
    expect(output(step).trim()).toBe('/kept');
  } finally {
    delete process.env.HELM_NAMESPACE;
  }
});
