import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { StoreFull, StoreUnavailable, VersionConflict } from '../stores/store.ts';
import { Guard } from './guard.ts';

describe('a guard', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const guard = () =>
    new Guard('db', { timeoutMilliseconds: 100, concurrency: 2, queue: 1, failures: 3, pauseMilliseconds: 1000 });
  const away = () => Promise.reject(new StoreUnavailable('db', {}));
  const hangs = () => new Promise<never>(() => {});
  async function open(under: Guard): Promise<void> {
    for (let i = 0; i < 3; i++) await expect(under.run(away)).rejects.toThrow(StoreUnavailable);
  }

  test('gives what the call gives', async () => {
    expect(await guard().run(async () => 7)).toBe(7);
  });

  test('lets the caller go when the time is up', async () => {
    const under = guard();
    const call = expect(under.run(hangs)).rejects.toMatchObject({ name: 'StoreUnavailable', store: 'db' });
    await vi.advanceTimersByTimeAsync(100);
    await call;
    expect(under.state.failed).toEqual({ timeout: 1, unavailable: 0, refused: 0 });
    expect(under.state.running).toBe(0);
  });

  test('opens after failures in a row, and then calls nothing', async () => {
    const under = guard();
    const seen: string[] = [];
    under.onChange((circuit) => seen.push(circuit));
    await open(under);
    const called = vi.fn(async () => 1);
    await expect(under.run(called)).rejects.toThrow(StoreUnavailable);
    expect(called).not.toHaveBeenCalled();
    expect(under.state).toMatchObject({ circuit: 'open', failed: { timeout: 0, unavailable: 3, refused: 1 } });
    expect(seen).toEqual(['open']);
  });

  test('tries one call after the pause, and closes when that goes well', async () => {
    const under = guard();
    await open(under);
    await vi.advanceTimersByTimeAsync(1000);
    await expect(under.run(away)).rejects.toThrow(StoreUnavailable);
    expect(under.state.circuit).toBe('open');
    await vi.advanceTimersByTimeAsync(1000);
    expect(await under.run(async () => 'back')).toBe('back');
    expect(under.state.circuit).toBe('closed');
  });

  test('takes neither a conflict nor a full store for an outage, and passes both on', async () => {
    const under = guard();
    const errors = [
      new VersionConflict({ kind: 'memory', id: 'a' }, 2),
      new StoreFull('db', {}),
      new Error('a mistake'),
    ];
    for (const error of [...errors, ...errors])
      await expect(under.run(() => Promise.reject(error))).rejects.toBe(error);
    expect(under.state.circuit).toBe('closed');
  });

  test('refuses at once what neither runs nor waits, and does not take that for an outage', async () => {
    const under = guard();
    const { promise, resolve } = Promise.withResolvers<string>();
    const calls = [under.run(() => promise), under.run(() => promise), under.run(() => promise)];
    for (let i = 0; i < 5; i++) await expect(under.run(async () => '')).rejects.toThrow(StoreUnavailable);
    expect(under.state).toMatchObject({ circuit: 'closed', running: 2, waiting: 1, failed: { refused: 5 } });
    resolve('done');
    expect(await Promise.all(calls)).toEqual(['done', 'done', 'done']);
    expect(under.state).toMatchObject({ running: 0, waiting: 0 });
  });
});
