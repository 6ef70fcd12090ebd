/** Programs of the user's machine beside gcloud: kubectl, git, docker. */
import { spawn } from 'node:child_process';

/** A program did not do it, or is not there. */
export class ProgramFailed extends Error {
  override readonly name = 'ProgramFailed';
  /** As typed, without what was given on standard input. */
  readonly command: string;
  /** What it printed on standard error. */
  readonly said: string;
  readonly isMissing: boolean;

  constructor(command: string, said: string, isMissing = false) {
    super(`${command}: ${said.split('\n')[0]}`);
    this.command = command;
    this.said = said;
    this.isMissing = isMissing;
  }
}

export interface ProgramOptions {
  /** @default the folder of this process */
  readonly cwd?: string;
  /** @default the variables of this process */
  readonly environment?: NodeJS.ProcessEnv;
  /** Given on standard input; neither shown nor logged. @default nothing */
  readonly input?: string;
  readonly signal?: AbortSignal;
}

/** Runs a program to its end. @returns what it prints @throws {ProgramFailed} */
export async function run(
  program: string,
  args: readonly string[],
  { cwd, environment = process.env, input = '', signal }: ProgramOptions = {},
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const command = [program, ...args].join(' ');
  const child = spawn(program, args, {
    ...(cwd !== undefined && { cwd }),
    ...(signal && { signal }),
    env: environment,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text;
    });
  child.on('error', (error: NodeJS.ErrnoException) =>
    reject(new ProgramFailed(command, error.message, error.code === 'ENOENT')),
  );
  child.on('close', (code) =>
    code === 0
      ? resolve(output.stdout)
      : reject(new ProgramFailed(command, output.stderr.trim() || output.stdout.trim() || `exit code ${code}`)),
  );
  // A program that ended early does not read; its own message says why.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return promise;
}
