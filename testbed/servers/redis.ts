import { connect } from 'node:net';
import { freePort } from '../process/port.ts';
import { createServerFolder, startServer } from '../process/server.ts';
import { unpackPackages } from '../provide/debian.ts';
import { provide } from '../provide/provide.ts';
import type { Provision } from '../provide/provision.ts';
import { runnable } from '../provide/unpacked.ts';

/** Path in its package. */
export const redisProgram = 'usr/bin/redis-server';

/** The version is Debian 12's; where packages are of another release, so is what they hold. */
export const redis: Provision = {
  name: 'redis-server',
  version: '7.0.15',
  versionArgs: ['--version'],
  alsoOnPath: ['6.0', '6.2', '7.2', '7.4', '8.0', '8.2', '8.4'],
  advice: 'Install redis-server 7 (Debian: apt-get install redis-server).',
  // The first holds a link to a program of the second.
  make: (place) => unpackPackages(place, ['redis-server', 'redis-tools'], redisProgram),
};

export interface RedisOptions {
  /** What clients must send. Default: none is asked for. */
  readonly password?: string;
  /** Port on 127.0.0.1. Default: a free one. */
  readonly port?: number;
}

export interface Redis {
  /** `127.0.0.1:<port>` */
  readonly address: string;
  readonly port: number;
  readonly pid: number;
  readonly logFile: string;
  /** Ends it (SIGKILL) with all that it holds. Idempotent. */
  stop(): Promise<void>;
}

/** Whether a Redis answers a command with a line, be it that it asks for a password. */
export function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: 5_000 }, () => socket.write('PING\r\n'));
    socket.once('data', (answer) => resolve(/^(\+PONG|-NOAUTH)/.test(String(answer))));
    socket.once('data', () => socket.destroy());
    socket.once('timeout', () => socket.destroy(new Error('no answer')));
    socket.once('error', reject);
    socket.once('close', () => resolve(false));
  });
}

/** An empty Redis that keeps nothing on disk. Throws NotProvided or ServerNotStarted. */
export async function startRedis({ password, port: wanted }: RedisOptions = {}): Promise<Redis> {
  const { command, args, env } = runnable((await provide(redis)).path, redisProgram);
  const folder = await createServerFolder('redis');
  const port = wanted ?? (await freePort());
  const { pid, logFile, stop } = await startServer({
    name: 'redis',
    command,
    args: [
      ...args,
      ...['--bind', '127.0.0.1', '--port', String(port), '--dir', folder],
      ...['--save', '', '--appendonly', 'no', '--daemonize', 'no'],
      ...(password === undefined ? [] : ['--requirepass', password]),
    ],
    env,
    folder,
    ready: () => answersPing(port),
  });
  return { address: `127.0.0.1:${port}`, port, pid, logFile, stop };
}
