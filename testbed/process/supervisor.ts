/** The test process's side of the watchdog: one watchdog a process, started on first use. */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command, Message, Request } from './watchdog.ts';

export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Working folder; must exist. */
  readonly folder: string;
  /** Standard output and standard error are appended here. */
  readonly logFile: string;
}

/** A process that ends when this one does, however this one ends. */
export interface Supervised {
  readonly pid: number;
  /** Settles when the process has ended, with the reason in words (`exit code 1`, `signal SIGKILL`). */
  readonly exited: Promise<string>;
  /** The same, and keeps this process alive until then. */
  wait(): Promise<string>;
  /** Ends the process and what it started in its process group (SIGKILL), and waits for the end. Idempotent. */
  stop(): Promise<void>;
}

interface Pending {
  resolve(value: string | number): void;
  reject(error: Error): void;
}

class Watchdog {
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, Pending>();
  readonly #running = new Map<number, { pid?: number; exited(reason: string): void }>();
  readonly #folders = new Set<string>();
  #lastId = 0;
  #waiting = 0;

  constructor(onGone: () => void) {
    const { NODE_OPTIONS: _, ...env } = process.env;
    this.#child = fork(join(import.meta.dirname, 'watchdog.ts'), {
      // Out of the terminal's process group: Ctrl-C must reach the tests only, and their end reaches the watchdog.
      detached: true,
      execArgv: [],
      env,
    });
    this.#child.on('message', (message: Message) => this.#receive(message));
    this.#child.once('exit', () => {
      onGone();
      this.#takeOver();
    });
    this.#child.unref();
    this.#child.channel?.unref();
  }

  async ask(command: Command, id: number = ++this.#lastId): Promise<string | number> {
    const request: Request = { id, command };
    try {
      return await this.#whileAlive(
        new Promise<string | number>((resolve, reject) => {
          this.#pending.set(id, { resolve, reject });
          this.#child.send(request, (error) => error && reject(error));
        }),
      );
    } finally {
      this.#pending.delete(id);
    }
  }

  async createFolder(parent: string, prefix: string): Promise<string> {
    const folder = String(await this.ask({ do: 'create folder', parent, prefix }));
    this.#folders.add(folder);
    return folder;
  }

  async removeFolder(folder: string): Promise<void> {
    await this.ask({ do: 'remove folder', folder });
    this.#folders.delete(folder);
  }

  async start({ command, args, env = {}, folder, logFile }: Launch): Promise<Supervised> {
    const id = ++this.#lastId;
    const { promise: exited, resolve } = Promise.withResolvers<string>();
    const entry: { pid?: number; exited(reason: string): void } = { exited: resolve };
    this.#running.set(id, entry);
    try {
      const pid = Number(await this.ask({ do: 'start', command, args, env, folder, logFile }, id));
      entry.pid = pid;
      return {
        pid,
        exited,
        wait: () => this.#whileAlive(exited),
        stop: async () => {
          if (this.#running.has(id)) await this.ask({ do: 'stop', pid });
        },
      };
    } catch (error) {
      this.#running.delete(id);
      throw error;
    }
  }

  #receive(message: Message): void {
    if (message.kind === 'exit') {
      this.#running.get(message.start)?.exited(message.reason);
      this.#running.delete(message.start);
      return;
    }
    const pending = this.#pending.get(message.id);
    if (message.kind === 'answer') pending?.resolve(message.value);
    else pending?.reject(new Error(message.error));
  }

  /**
   * The channel keeps this process alive only while somebody waits for an answer: a forgotten `stop()` must not, because
   * it is the end of this process that makes the watchdog clean up.
   */
  async #whileAlive<T>(answer: Promise<T>): Promise<T> {
    this.#waiting++;
    this.#child.channel?.ref();
    try {
      return await answer;
    } finally {
      this.#waiting--;
      if (this.#waiting === 0) this.#child.channel?.unref();
    }
  }

  #takeOver(): void {
    for (const { pid, exited } of this.#running.values()) {
      try {
        if (pid !== undefined) process.kill(-pid, 'SIGKILL');
      } catch {
        // Ended together with the watchdog.
      }
      exited('the end of its watchdog');
    }
    this.#running.clear();
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true });
    for (const { reject } of this.#pending.values()) reject(new Error('the watchdog process was ended'));
  }
}

let current: Watchdog | undefined;

function watchdog(): Watchdog {
  current ??= new Watchdog(() => {
    current = undefined;
  });
  return current;
}

/**
 * Makes an empty folder, removed by `removeFolder` or when this process ends, however it ends.
 * @param prefix how its name begins
 * @param parent the folder it is made in; default: the system's temporary folder
 */
export async function createFolder(prefix: string, parent: string = tmpdir()): Promise<string> {
  mkdirSync(parent, { recursive: true });
  return watchdog().createFolder(parent, prefix);
}

/** Removes a folder and all in it; one that is gone already is no error. */
export function removeFolder(folder: string): Promise<void> {
  return watchdog().removeFolder(folder);
}

/** Starts a process. Throws when the command cannot be run (`spawn /no/such ENOENT`). */
export function supervise(launch: Launch): Promise<Supervised> {
  return watchdog().start(launch);
}
