import { Redis, type RedisOptions } from 'ioredis';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { skipped } from '../skip.ts';
import { type Dragonfly, type DragonflyOptions, startDragonfly } from './dragonfly.ts';

describe.skipIf(skipped('redis-server'))('dragonfly', () => {
  const running: Dragonfly[] = [];
  const clients: Redis[] = [];

  async function started(options?: DragonflyOptions): Promise<Dragonfly> {
    const dragonfly = await startDragonfly(options);
    running.push(dragonfly);
    return dragonfly;
  }

  function client({ url }: Pick<Dragonfly, 'url'>, options: RedisOptions = {}): Redis {
    const made = new Redis(url, { retryStrategy: () => null, ...options });
    // A failed connection is told by the command that needed it.
    made.on('error', () => undefined);
    clients.push(made);
    return made;
  }

  afterEach(async () => {
    for (const each of clients.splice(0)) each.disconnect();
    for (const each of running.splice(0)) await each.stop();
  });

  test('keeps values until they expire, for those who know the password', async () => {
    const dragonfly = await started({ password: 'a secret/with: signs' });
    const redis = client(dragonfly);
    await redis.set('session', 'state', 'PX', 60_000);
    expect(await redis.get('session')).toBe('state');
    expect(await redis.pttl('session')).toBeGreaterThan(0);
    await redis.pexpireat('session', 1);
    expect(await redis.get('session')).toBeNull();

    const stranger = client({ url: `redis://${dragonfly.address}` });
    await expect(stranger.get('session')).rejects.toThrow(/NOAUTH/);
  });

  test('keeps every write that it acknowledged when it is killed, at the same address', async () => {
    const dragonfly = await started();
    const before = client(dragonfly);
    let acknowledged = 0;
    const writing = (async () => {
      for (;;) {
        await before.set(`key ${acknowledged}`, acknowledged);
        acknowledged++;
      }
    })().catch((error: Error) => error.message);
    await vi.waitFor(() => expect(acknowledged).toBeGreaterThan(50), { timeout: 60_000 });
    await dragonfly.kill();
    expect(await writing).toMatch(/closed|ECONNRE/);
    await expect(client(dragonfly, { maxRetriesPerRequest: 0 }).ping()).rejects.toThrow();

    await dragonfly.restart();
    const keys = await client(dragonfly).dbsize();
    if (dragonfly.keepsEveryWrite) expect(keys).toBeGreaterThanOrEqual(acknowledged);
    else expect(keys).toBeLessThanOrEqual(acknowledged + 1);
  });

  test('refuses writes when it is full, and keeps what it has', async () => {
    const dragonfly = await started({ maxMemoryMebibytes: 256 });
    const redis = client(dragonfly);
    const value = Buffer.alloc(8 * 1024 * 1024, 'x');
    const fill = async () => {
      for (let n = 0; n < 64; n++) await redis.set(`big ${n}`, value);
    };
    await expect(fill()).rejects.toThrow(/OOM|[Oo]ut of memory/);
    expect(await redis.strlen('big 0')).toBe(value.length);
  });

  test('answers nothing while it is paused, and everything afterwards', async () => {
    const dragonfly = await started();
    const hasty = client(dragonfly, { commandTimeout: 200 });
    expect(await hasty.ping()).toBe('PONG');
    await dragonfly.pause();
    await expect(hasty.ping()).rejects.toThrow('Command timed out');
    dragonfly.resume();
    expect(await client(dragonfly).ping()).toBe('PONG');
  });
});
