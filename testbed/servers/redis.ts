import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../process/port.ts';
import { createServerFolder, startServer } from '../process/server.ts';
import { findOnPath } from '../provide/path.ts';
import { locate, provide } from '../provide/provide.ts';
import type { Place, Provision } from '../provide/provision.ts';

const versionArgs = ['--version'];

/** On PATH these minor versions do as well: nothing that tests use came or went between them. */
const alsoOnPath = ['6.0', '6.2', '7.2', '7.4', '8.0', '8.2', '8.4'];

async function run(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}) {
  const options = { cwd, env: { ...process.env, ...env, LC_ALL: 'C' } };
  return (await promisify(execFile)(command, [...args], options)).stdout;
}

/** The libraries that a Debian package names, without the C library: a foreign one does not go with the system's loader. */
export function librariesOf(dependencies: string): readonly string[] {
  return [...dependencies.matchAll(/^ {2}Depends: (lib[a-z0-9.+-]+)$/gm)]
    .map(([, name]) => name as string)
    .filter((name) => name !== 'libc6');
}

/** Where the packages' libraries are, below the folder that they were unpacked into. */
function libraryPath(folder: string): string {
  const parents = ['lib', 'usr/lib'].map((path) => join(folder, path));
  const folders = parents.flatMap((parent) => {
    const names = statSync(parent, { throwIfNoEntry: false }) ? readdirSync(parent) : [];
    return names.map((name) => join(parent, name)).filter((path) => path.endsWith('-linux-gnu'));
  });
  return folders.join(':');
}

/** What to start: a program as it is, or the one in unpacked packages with the libraries beside it. */
function runnable(path: string): { readonly command: string; readonly env: Readonly<Record<string, string>> } {
  if (!statSync(path).isDirectory()) return { command: path, env: {} };
  return { command: join(path, 'usr/bin/redis-server'), env: { LD_LIBRARY_PATH: libraryPath(path) } };
}

/** Unpacks Debian's packages beside the system instead of installing them, which needs no rights and changes nothing. */
async function unpack({ target, folder }: Place): Promise<void> {
  const download = async () => {
    const libraries = librariesOf(await run('apt-cache', ['depends', 'redis-tools'], folder));
    await run('apt-get', ['download', 'redis-server', 'redis-tools', ...libraries], folder);
  };
  await download().catch(async (error: NodeJS.ErrnoException) => {
    // A fresh image has no lists of packages; an old one has lists of packages that are gone. Only root may renew them.
    if (error.code === 'ENOENT' || process.getuid?.() !== 0) throw error;
    await run('apt-get', ['update'], folder);
    await download();
  });
  mkdirSync(target);
  for (const file of readdirSync(folder).filter((file) => file.endsWith('.deb'))) {
    await run('dpkg-deb', ['--extract', file, target], folder);
  }
  const { command, env } = runnable(target);
  // Names the library when one is missing.
  await run(command, versionArgs, folder, env);
}

/** The version is Debian 12's; where packages are of another release, so is what they hold. */
export const redis: Provision = {
  name: 'redis-server',
  version: '7.0.15',
  versionArgs,
  advice: 'Install redis-server 7 (Debian: apt-get install redis-server).',
  make: unpack,
};

async function redisServer(): Promise<string> {
  const located = await locate(redis);
  if (located) return located.path;
  for (const minor of alsoOnPath) {
    const found = await findOnPath(redis.name, minor, versionArgs, process.env);
    if ('path' in found) return found.path;
  }
  return (await provide(redis)).path;
}

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
function answers(port: number): Promise<boolean> {
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
  const { command, env } = runnable(await redisServer());
  const folder = await createServerFolder('redis');
  const port = wanted ?? (await freePort());
  const { pid, logFile, stop } = await startServer({
    name: 'redis',
    command,
    args: [
      ...['--bind', '127.0.0.1', '--port', String(port), '--dir', folder],
      ...['--save', '', '--appendonly', 'no', '--daemonize', 'no'],
      ...(password === undefined ? [] : ['--requirepass', password]),
    ],
    env,
    folder,
    ready: () => answers(port),
  });
  return { address: `127.0.0.1:${port}`, port, pid, logFile, stop };
}
