/** The real gcloud against the fake cloud. */
import { spawn } from 'node:child_process';

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, in this environment alone. */
export function run(
  environment: Readonly<Record<string, string>>,
  words: readonly string[],
  input = '',
): Promise<Ended> {
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  const [command = '', ...args] = words;
  const child = spawn(command, args, { env: environment, stdio: ['pipe', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text;
    });
  child.on('error', reject);
  child.on('close', (code) => resolve({ code: code ?? 1, ...said }));
  // One that ends early does not read.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return promise;
}
