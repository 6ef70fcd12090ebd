import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Server } from './server.ts';
import { createFolder, removeFolder } from './supervisor.ts';

/** A server whose address and data outlive its process: tests end it, freeze it and start it again. */
export interface Durable {
  /** Of the process that runs now, or ran last. */
  readonly pid: number;
  /** Of the process that runs now; gone while none does. */
  readonly logFile: string;
  /** Ends it with SIGKILL, paused or not, and waits for its end. What it keeps on disk stays. Idempotent. */
  kill(): Promise<void>;
  /** Asks it to end (SIGTERM), as a cluster does with a pod, and waits until it has; kills it after 60 s. Throws when none runs. */
  shutDown(): Promise<void>;
  /** Starts it at the same address with what it kept on disk, after ending the one that runs; waits until it is ready. */
  restart(): Promise<void>;
  /**
   * Freezes it (SIGSTOP), and waits until none of its threads runs: the system still accepts connections for it, and nothing
   * answers. Throws when none runs.
   */
  pause(): Promise<void>;
  /** Lets a frozen one go on (SIGCONT). Throws when none runs. */
  resume(): void;
  /** Ends it and removes its data. Idempotent; it cannot be restarted afterwards. */
  stop(): Promise<void>;
}

/** Whether no thread of a process runs: each stops by itself, some time after the signal. */
async function isFrozen(pid: number): Promise<boolean> {
  if (process.platform !== 'linux') {
    return (await promisify(execFile)('ps', ['-o', 'stat=', '-p', String(pid)])).stdout.trim().startsWith('T');
  }
  return readdirSync(`/proc/${pid}/task`).every((thread) =>
    // Behind the name, which is in parentheses and may hold anything.
    /.*\) T /s.test(readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8')),
  );
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

type Process = Pick<Server, 'pid' | 'logFile' | 'stop'>;

/**
 * Starts a server that can be started again.
 * @param name names its data folder
 * @param start starts it on a folder that keeps its data; must give it the same address each time
 */
export async function durable(name: string, start: (data: string) => Promise<Process>): Promise<Durable> {
  const data = await createFolder(`testbed-${name}-data-`);
  const first = await start(data).catch(async (error: unknown) => {
    await removeFolder(data);
    throw error;
  });
  let current = first;
  let running = true;
  let stopped = false;
  const kill = async () => {
    running = false;
    await current.stop();
  };
  const signal = (value: NodeJS.Signals) => {
    if (!running) throw new Error(`${name} does not run: nothing to send ${value}`);
    // Its whole process group: a server may work in a child.
    process.kill(-current.pid, value);
  };
  return {
    get pid() {
      return current.pid;
    },
    get logFile() {
      return current.logFile;
    },
    kill,
    shutDown: async () => {
      signal('SIGTERM');
      const deadline = performance.now() + 60_000;
      while (isAlive(current.pid) && performance.now() < deadline) await sleep(20);
      await kill();
    },
    restart: async () => {
      if (stopped) throw new Error(`${name} is stopped, and its data removed: start a new one`);
      await kill();
      current = await start(data);
      running = true;
    },
    pause: async () => {
      signal('SIGSTOP');
      while (!(await isFrozen(current.pid))) await sleep(5);
    },
    resume: () => signal('SIGCONT'),
    stop: async () => {
      stopped = true;
      await kill();
      await removeFolder(data);
    },
  };
}
