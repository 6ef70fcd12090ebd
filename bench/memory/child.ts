/** A process that is measured, apart from the one that measures it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface Child {
  readonly pid: number;
  /** What it said of itself when it was ready. */
  readonly told: Readonly<Record<string, unknown>>;
  /** Resident memory in MiB, now and at most so far. */
  memory(): { readonly now: number; readonly most: number };
  /** Ends it (SIGTERM, after 20 s SIGKILL), and waits for its end. */
  stop(): Promise<void>;
}

const folder = join(import.meta.dirname, 'process');

/** As `startProgram`, for a script of `process/`. */
export const startChild = (script: string, environment: Settings, progress?: (line: string) => void) =>
  startProgram(join(folder, script), environment, progress);

type Settings = Readonly<Record<string, string>>;

/**
 * Starts a program and waits until it says that it is ready.
 * @param environment its own settings, without those of npm and Node around it
 * @param progress told each line that it writes before it is ready
 * @throws where it ends before
 */
export async function startProgram(
  program: string,
  environment: Settings,
  progress: (line: string) => void = () => {},
): Promise<Child> {
  const { PATH = '', HOME = '', TMPDIR } = process.env;
  const env = {
    PATH,
    HOME,
    ...(TMPDIR !== undefined && { TMPDIR }),
    METADATA_SERVER_DETECTION: 'none',
    ...environment,
  };
  const options = environment.NODE_ARGUMENTS?.split(' ') ?? [];
  const child = spawn(process.execPath, [...options, program], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  // Where the bench itself fails, nothing of it goes on.
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
  for await (const line of createInterface({ input: child.stdout })) {
    const told = lineOf(line);
    if (told !== undefined) return running(child, told);
    progress(line);
  }
  if (child.exitCode === null) await once(child, 'exit');
  throw new Error(`${program} ended with exit code ${child.exitCode} before it was ready`);
}

/** Scripts of `process/` say `ready`; the service logs that it listens. */
function lineOf(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith('{')) return undefined;
  const told = JSON.parse(line) as Readonly<Record<string, unknown>>;
  return told.ready === true || String(told.message).startsWith('Memory listens') ? told : undefined;
}

function running(child: ChildProcess, told: Child['told']): Child {
  const pid = child.pid ?? 0;
  child.stdout?.resume();
  return {
    pid,
    told,
    memory: () => residentMemory(pid),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 20_000);
      await ended;
      clearTimeout(late);
    },
  };
}

function residentMemory(pid: number) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const of = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024;
  return { now: of('VmRSS'), most: of('VmHWM') };
}
