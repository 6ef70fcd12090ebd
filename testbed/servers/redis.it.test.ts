import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { skipped } from '../skip.ts';
import { type Redis, startRedis } from './redis.ts';

/** The first line of the answer to each command. */
async function send({ port }: Redis, ...commands: readonly string[]): Promise<readonly string[]> {
  const socket = connect({ host: '127.0.0.1', port }, () => socket.end(commands.map((line) => `${line}\r\n`).join('')));
  let answer = '';
  for await (const chunk of socket) answer += chunk;
  return answer.split('\r\n').filter((line) => /^[+\-:]|^[^$]+$/.test(line));
}

describe.skipIf(skipped('redis-server'))('redis', () => {
  const running: Redis[] = [];

  async function started(options?: Parameters<typeof startRedis>[0]): Promise<Redis> {
    const redis = await startRedis(options);
    running.push(redis);
    return redis;
  }

  afterEach(async () => {
    for (const redis of running.splice(0)) await redis.stop();
  });

  test('keeps what is set, apart from any other', async () => {
    const [one, other] = [await started(), await started()];
    expect(await send(one, 'SET key value', 'GET key')).toEqual(['+OK', 'value']);
    expect(await send(other, 'EXISTS key')).toEqual([':0']);
  });

  test('answers only to who knows its password', async () => {
    const redis = await started({ password: 'secret' });
    expect(await send(redis, 'GET key')).toEqual(['-NOAUTH Authentication required.']);
    expect(await send(redis, 'AUTH secret', 'PING')).toEqual(['+OK', '+PONG']);
  });

  test('forgets everything when it ends, and starts again on the same port', async () => {
    const redis = await started();
    await send(redis, 'SET key value');
    await redis.stop();
    const again = await started({ port: redis.port });
    expect(await send(again, 'EXISTS key')).toEqual([':0']);
  });
});
