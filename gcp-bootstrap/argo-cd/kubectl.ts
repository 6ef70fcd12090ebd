/** The user's own kubectl, as a child process, on one kubeconfig. */
import { spawn } from 'node:child_process';

/** kubectl refused; the message is what it said. */
export class KubectlFailed extends Error {
  override readonly name = 'KubectlFailed';
  readonly command: string;

  constructor(command: string, said: string) {
    super(`${command}: ${said}`);
    this.command = command;
  }
}

/** @returns what it prints @throws {KubectlFailed} */
export type Kubectl = (words: readonly string[], input?: string) => Promise<string>;

export function kubectlOn(kubeconfig: string, environment: NodeJS.ProcessEnv = process.env): Kubectl {
  return (words, input = '') => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const command = `kubectl ${words.join(' ')}`;
    const child = spawn('kubectl', words, {
      env: { ...environment, KUBECONFIG: kubeconfig },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const output = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        output[stream] += text;
      });
    child.on('error', (error) => reject(new KubectlFailed(command, error.message)));
    child.on('close', (code) =>
      code === 0
        ? resolve(output.stdout)
        : reject(new KubectlFailed(command, output.stderr.trim() || `exit code ${code}`)),
    );
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    return promise;
  };
}
