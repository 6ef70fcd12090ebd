/**
 * The program that owns every process and temporary folder of one test process. It is their parent, so a process id
 * it ends is never a reused one; and it is a process of its own, so it outlives a test process that gets SIGKILL:
 * the closed channel tells it to end everything and remove the folders.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export type Command =
  | { readonly do: 'create folder'; readonly parent: string; readonly prefix: string }
  | { readonly do: 'remove folder'; readonly folder: string }
  | {
      readonly do: 'start';
      readonly command: string;
      readonly args: readonly string[];
      readonly env: Readonly<Record<string, string>>;
      readonly folder: string;
      readonly logFile: string;
    }
  | { readonly do: 'stop'; readonly pid: number };

export interface Request {
  readonly id: number;
  readonly command: Command;
}

/** `start` of an exit is the id of the request that started the process: known before any message about it. */
export type Message =
  | { readonly kind: 'answer'; readonly id: number; readonly value: string | number }
  | { readonly kind: 'refusal'; readonly id: number; readonly error: string }
  | { readonly kind: 'exit'; readonly start: number; readonly reason: string };

const folders = new Set<string>();
const running = new Map<number, ChildProcess>();

function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  folders.delete(folder);
}

/** Ends the process group that `pid` leads: a server's own children are in it. */
function kill(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // ESRCH: nobody of the group is left.
  }
}

async function start(id: number, command: Extract<Command, { do: 'start' }>): Promise<number> {
  const log = openSync(command.logFile, 'a');
  try {
    const child = spawn(command.command, command.args, {
      cwd: command.folder,
      env: { ...process.env, ...command.env },
      stdio: ['ignore', log, log],
      detached: true,
    });
    const spawned = new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    const pid = child.pid;
    if (pid === undefined) return await spawned.then(() => 0);
    // In the same turn as spawn: an end of the test process right now must find it.
    running.set(pid, child);
    child.once('exit', (code, signal) => {
      running.delete(pid);
      kill(pid);
      tell({ kind: 'exit', start: id, reason: signal ? `signal ${signal}` : `exit code ${code}` });
    });
    await spawned;
    return pid;
  } finally {
    closeSync(log);
  }
}

async function stop(pid: number): Promise<number> {
  const child = running.get(pid);
  if (child) {
    const exited = new Promise((resolve) => child.once('exit', resolve));
    kill(pid);
    await exited;
  }
  return pid;
}

async function carryOut({ id, command }: Request): Promise<string | number> {
  switch (command.do) {
    case 'create folder': {
      const folder = mkdtempSync(join(command.parent, command.prefix));
      folders.add(folder);
      return folder;
    }
    case 'remove folder':
      removeFolder(command.folder);
      return command.folder;
    case 'start':
      return start(id, command);
    case 'stop':
      return stop(command.pid);
  }
}

function tell(message: Message): void {
  // The callback takes the error of a channel that closes right now; without one it would end this process.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

async function endEverything(): Promise<never> {
  await Promise.all([...running.keys()].map(stop));
  for (const folder of folders) {
    try {
      removeFolder(folder);
    } catch (error) {
      console.error(`testbed: ${folder} could not be removed: ${(error as Error).message}`);
    }
  }
  process.exit(0);
}

if (process.send) {
  process.on('message', (request: Request) => {
    carryOut(request).then(
      (value) => tell({ kind: 'answer', id: request.id, value }),
      (error: Error) => tell({ kind: 'refusal', id: request.id, error: error.message }),
    );
  });
  process.on('disconnect', endEverything);
  process.on('SIGTERM', endEverything);
  process.on('SIGINT', endEverything);
}
