/** The user's own gcloud, as a child process. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, typed } from './command.ts';
import { type FailureKind, GcloudFailed, kindOf } from './failure.ts';

export interface GcloudOptions {
  readonly project: string;
  /** @default the variables of this process */
  readonly environment?: NodeJS.ProcessEnv;
  /** Milliseconds before each further try of what may pass by itself. @default 1, 2, 4, 8 and 16 seconds */
  readonly waits?: readonly number[];
  /** Milliseconds that a command may take that does not say it itself. @default 300,000 */
  readonly timeout?: number;
  /** Told of every call when it ends. */
  readonly onCall?: (call: { readonly command: string; readonly seconds: number; readonly ok: boolean }) => void;
}

const defaultWaits = [1000, 2000, 4000, 8000, 16_000];
/** Nothing was done, and a moment later it may be. gcloud itself tries a 503 again, and nothing else. */
const passing: readonly FailureKind[] = ['conflict', 'quota', 'not-yet', 'api-disabled'];
/** gcloud tries a 503 again for a minute by itself. */
const DEFAULT_TIMEOUT = 300_000;
/**
 * What a list says on standard error where it could not read everything, and ends with 0 nevertheless: a part would be taken for
 * the whole, and what is there be made again.
 */
const incomplete = /Some requests did not succeed|List results may be incomplete/;
/** Processes at the same time: each takes 100 MB, and most of a second of CPU before it asks anything. */
const AT_ONCE = 8;

export class Gcloud {
  readonly project: string;
  readonly #options: GcloudOptions;
  readonly #aborted = new AbortController();
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(options: GcloudOptions) {
    this.project = options.project;
    this.#options = options;
  }

  /** Ends what runs; what Google has begun goes on there. */
  abort(): void {
    this.#aborted.abort();
  }

  /** What it prints as JSON. @throws {GcloudFailed} */
  async json<T>(words: readonly string[]): Promise<T> {
    const text = await this.run({ words: [...words, '--format=json'] });
    return JSON.parse(text || 'null') as T;
  }

  /** Runs a command to its end; where what stands in its way passes, again. @throws {GcloudFailed} */
  async run(command: Command): Promise<string> {
    const waits = this.#options.waits ?? defaultWaits;
    for (const [attempt, wait] of [...waits.entries(), [waits.length, 0] as const]) {
      try {
        return await this.once(command);
      } catch (error) {
        const again = error instanceof GcloudFailed && passing.includes(error.kind);
        if (!again || attempt === waits.length || this.#aborted.signal.aborted) throw error;
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }
    throw new TypeError('the last attempt ends the loop');
  }

  /** Runs a command, and does not try again. @throws {GcloudFailed} */
  async once({
    words,
    input,
    files = [],
    timeout = this.#options.timeout ?? DEFAULT_TIMEOUT,
  }: Command): Promise<string> {
    const folder = files.length > 0 ? mkdtempSync(join(tmpdir(), 'bootstrap-')) : undefined;
    try {
      const paths = files.map(({ name, text }) => {
        const path = join(folder ?? '', name);
        writeFileSync(path, text, { mode: 0o600 });
        return path;
      });
      const args = words.map((word) => word.replace('{file}', () => paths.shift() ?? '{file}'));
      const given = input === undefined ? '' : await input();
      await this.#turn();
      try {
        return await this.#spawn(args, given, timeout, typed({ words, files }));
      } finally {
        this.#running--;
        this.#waiting.shift()?.();
      }
    } finally {
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    }
  }

  async #turn(): Promise<void> {
    while (this.#running >= AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running++;
  }

  #spawn(args: readonly string[], input: string, timeout: number, command: string): Promise<string> {
    const started = performance.now();
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const child = spawn('gcloud', [...args, `--project=${this.project}`, '--quiet'], {
      env: { ...(this.#options.environment ?? process.env), CLOUDSDK_CORE_DISABLE_PROMPTS: '1' },
      stdio: ['pipe', 'pipe', 'pipe'],
      signal: this.#aborted.signal,
    });
    const output = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        output[stream] += text;
      });
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, timeout);
    const done = (ok: boolean) => {
      clearTimeout(timer);
      this.#options.onCall?.({ command, ok, seconds: (performance.now() - started) / 1000 });
    };
    child.on('error', (error: NodeJS.ErrnoException) => {
      done(false);
      reject(new GcloudFailed(error.code === 'ENOENT' ? 'no-gcloud' : 'other', command, error.message));
    });
    child.on('close', (code) => {
      const said = output.stderr.trim();
      const ok = code === 0 && !incomplete.test(said);
      done(ok);
      if (ok) return resolve(output.stdout);
      if (late) return reject(new GcloudFailed('timeout', command, `no answer within ${timeout / 1000} s\n${said}`));
      reject(new GcloudFailed(kindOf(code ?? undefined, said), command, said));
    });
    // A gcloud that ended early does not read; its own message says why.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    return promise;
  }
}
