/**
 * Takes a program out of its published image, where a container runtime answers: seconds, where a build takes minutes. The
 * program then runs as a process like any other; processes of a control plane share certificates, tokens and ports.
 */
import { execFile } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Environment } from './cache.ts';

/** A program in an image. */
export interface ImageProgram {
  /** Such as `registry.k8s.io/kube-apiserver:v1.35.4`. */
  readonly reference: string;
  /** Path in the image. The program must be statically linked. */
  readonly program: string;
}

const runtimes = ['docker', 'podman'] as const;

/**
 * Copies the program to `target`.
 * @returns undefined when it is there; otherwise why not, in a few words
 */
export async function copyFromImage(
  { reference, program }: ImageProgram,
  target: string,
  env: Environment,
): Promise<string | undefined> {
  // What is in an image for Linux runs on Linux alone.
  if (process.platform !== 'linux') return `images hold programs for Linux, and this is ${process.platform}`;
  const call = async (runtime: string, args: readonly string[], timeout: number) =>
    (await promisify(execFile)(runtime, [...args], { timeout, env: { ...env } })).stdout.trim();
  const refused: string[] = [];
  for (const runtime of runtimes) {
    try {
      await call(runtime, ['info'], 10_000);
    } catch {
      refused.push(`${runtime} does not answer`);
      continue;
    }
    try {
      const container = await call(runtime, ['create', reference], 600_000);
      try {
        await call(runtime, ['cp', `${container}:${program}`, target], 60_000);
      } finally {
        await call(runtime, ['rm', container], 60_000);
      }
      chmodSync(target, 0o755);
      return undefined;
    } catch (error) {
      refused.push(`${runtime}: ${(error as { stderr?: string }).stderr?.trim() || (error as Error).message}`);
    }
  }
  return refused.join(', ');
}
