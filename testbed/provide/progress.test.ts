import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { showProgress, type Terminal } from './progress.ts';

let written: string[];

function terminal(isTTY: boolean): Terminal {
  return { isTTY, write: (text) => written.push(text) };
}

beforeEach(() => {
  written = [];
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test('a CI log gets a line at the start, every 15 s, and at the end', () => {
  const done = showProgress('building etcd 3.7.3', terminal(false));
  vi.advanceTimersByTime(31_000);
  done('built');
  vi.advanceTimersByTime(60_000);
  expect(written).toEqual([
    'testbed: building etcd 3.7.3 ... 0 s\n',
    'testbed: building etcd 3.7.3 ... 15 s\n',
    'testbed: building etcd 3.7.3 ... 30 s\n',
    'testbed: building etcd 3.7.3: built after 31 s\n',
  ]);
});

test('a terminal gets one line that counts seconds', () => {
  const clear = '\r\u001b[K';
  const done = showProgress('building etcd 3.7.3', terminal(true));
  vi.advanceTimersByTime(2_000);
  done('failed');
  expect(written).toEqual([
    `${clear}testbed: building etcd 3.7.3 ... 0 s`,
    `${clear}testbed: building etcd 3.7.3 ... 1 s`,
    `${clear}testbed: building etcd 3.7.3 ... 2 s`,
    `${clear}testbed: building etcd 3.7.3: failed after 2 s\n`,
  ]);
});
