import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createFolder, removeFolder, type Supervised, supervise } from './supervisor.ts';

export interface ServerSpec {
  /** Names its folder, its log file and its errors. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** From `createServerFolder`; removed when the server stops. Also the working folder. */
  readonly folder: string;
  /** Asked until it says true. May throw while the server is not up. */
  readonly ready: () => Promise<boolean>;
  /** Seconds until `ready` must have said true. Default: 120, for a machine busy with other tests. */
  readonly deadlineSeconds?: number;
}

export interface Server {
  readonly pid: number;
  readonly folder: string;
  readonly logFile: string;
  /** Ends the server, waits for its end, and removes its folder. Idempotent. */
  stop(): Promise<void>;
}

/** A server that ended or did not become ready in time. The message holds the last lines of its log. */
export class ServerNotStarted extends Error {
  override readonly name = 'ServerNotStarted';
  readonly server: string;

  constructor(server: string, reason: string, log: string) {
    super(`${server} did not start: ${reason}. The end of its log:\n${log.trimEnd() || '(empty)'}`);
    this.server = server;
  }
}

/** The last lines of a log file; empty when there is none. */
export function tailOf(logFile: string, lines = 30): string {
  try {
    return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } catch {
    return '';
  }
}

/** The temporary folder of one server: its data, credentials and log. */
export function createServerFolder(name: string): Promise<string> {
  return createFolder(`testbed-${name}-`);
}

/**
 * Starts a server and waits until it is ready.
 * Throws ServerNotStarted, after the server is ended and its folder removed, when it ends or misses its deadline.
 */
export async function startServer(spec: ServerSpec): Promise<Server> {
  const { name, command, args, env = {}, folder } = spec;
  const logFile = join(folder, `${name}.log`);
  let supervised: Supervised | undefined;
  const stop = async () => {
    await supervised?.stop();
    await removeFolder(folder);
  };
  try {
    supervised = await supervise({ command, args, env, folder, logFile });
    await untilReady(spec, supervised);
    return { pid: supervised.pid, folder, logFile, stop };
  } catch (error) {
    const failure = new ServerNotStarted(name, (error as Error).message, tailOf(logFile));
    await stop();
    throw failure;
  }
}

async function untilReady({ ready, deadlineSeconds = 120 }: ServerSpec, { exited }: Supervised): Promise<void> {
  let ended: string | undefined;
  exited.then((reason) => {
    ended = reason;
  });
  let lastError = '';
  const deadline = performance.now() + deadlineSeconds * 1_000;
  while (performance.now() < deadline) {
    const isReady = await ready().catch((error: Error) => {
      lastError = ` (${error.message})`;
      return false;
    });
    // Asked after `ready`, because another server may answer on the port of one that has ended.
    if (ended) throw new Error(`it ended with ${ended}`);
    if (isReady) return;
    await sleep(50);
  }
  throw new Error(`not ready after ${deadlineSeconds} s${lastError}`);
}
