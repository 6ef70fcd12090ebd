import { image, images } from '../../charts/images.ts';
import { type Durable, durable } from '../process/durable.ts';
import { freePort } from '../process/port.ts';
import { createServerFolder, startServer } from '../process/server.ts';
import { provideOrStandIn } from '../provide/provide.ts';
import type { Provision } from '../provide/provision.ts';
import { runnable } from '../provide/unpacked.ts';
import { answersPing, redis, redisProgram } from './redis.ts';

const program = '/usr/local/bin/dragonfly';

/** The real one, of the version that clusters run. No package registry carries it. */
export const dragonfly = {
  name: 'dragonfly',
  version: images.dragonfly.version.slice(1),
  versionArgs: ['--version'],
  image: { reference: image('dragonfly'), program, libraries: true },
  advice: 'Install Dragonfly (https://www.dragonflydb.io/docs/getting-started).',
  standIn: redis,
  make: () => Promise.reject(new Error('it is not built here')),
} as const satisfies Provision;

export interface DragonflyOptions {
  /** What clients must send. Default: none is asked for. */
  readonly password?: string;
  /** MiB of data from which on it refuses writes and keeps what it has. Dragonfly takes no less than 256. Default: no limit. */
  readonly maxMemoryMebibytes?: number;
}

export interface Dragonfly extends Durable {
  /** `redis://127.0.0.1:<port>`, with the password where there is one. */
  readonly url: string;
  /** `127.0.0.1:<port>` */
  readonly address: string;
  readonly port: number;
  readonly program: 'dragonfly' | 'redis-server';
  /** Whether every acknowledged write is there after `kill()` and `restart()`: Dragonfly writes snapshots only. */
  readonly keepsEveryWrite: boolean;
}

/**
 * An empty Dragonfly where one is found, else a Redis that writes each command to disk before it answers. When full, both
 * answer writes with an error that begins with `OOM` (Redis) or tells of memory. Throws NotProvided or ServerNotStarted.
 */
export async function startDragonfly({ password, maxMemoryMebibytes }: DragonflyOptions = {}): Promise<Dragonfly> {
  const { path, provision } = await provideOrStandIn(dragonfly);
  const isDragonfly = provision === dragonfly;
  const port = await freePort();
  const { command, args, env } = runnable(path, isDragonfly ? program : redisProgram);
  const limit = maxMemoryMebibytes === undefined ? [] : ['--maxmemory', `${maxMemoryMebibytes}mb`];
  const secret = password === undefined ? [] : ['--requirepass', password];
  const own = isDragonfly
    ? ['--logtostderr', '--version_check=false', '--proactor_threads=1', '--dbfilename=dump', '--cache_mode=false']
    : ['--save', '', '--appendonly', 'yes', '--appendfsync', 'always', '--maxmemory-policy', 'noeviction'];
  const server = await durable('dragonfly', async (data) => {
    const folder = await createServerFolder('dragonfly');
    const common = ['--bind', '127.0.0.1', '--port', String(port), '--dir', data, ...limit, ...secret];
    return startServer({
      name: 'dragonfly',
      command,
      args: [...args, ...common, ...own],
      env,
      folder,
      ready: () => answersPing(port),
    });
  });
  const address = `127.0.0.1:${port}`;
  return Object.assign(server, {
    url: `redis://${password === undefined ? '' : `:${encodeURIComponent(password)}@`}${address}`,
    address,
    port,
    program: isDragonfly ? ('dragonfly' as const) : ('redis-server' as const),
    keepsEveryWrite: !isDragonfly,
  });
}
