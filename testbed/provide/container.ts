/**
 * Takes a program out of its published image, where a container runtime answers: seconds, where a build takes minutes. The
 * program then runs as a process like any other; processes of a control plane share certificates, tokens and ports.
 */
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Environment } from './cache.ts';

/** A program in an image. */
export interface ImageProgram {
  /** Such as `registry.k8s.io/kube-apiserver:v1.35.4`. */
  readonly reference: string;
  /** Path in the image. */
  readonly program: string;
  /**
   * Whether it comes in a folder with the image's libraries (`runnable` starts it), for a program that is not statically
   * linked. Default: the program alone.
   */
  readonly libraries?: boolean;
}

const runtimes = ['docker', 'podman'] as const;

/** Debian's and Ubuntu's folder of libraries, by the architectures that Node names. */
const libraryFolders: Readonly<Record<string, string>> = {
  x64: '/usr/lib/x86_64-linux-gnu',
  arm64: '/usr/lib/aarch64-linux-gnu',
};

async function call(runtime: string, args: readonly string[], timeout: number, env: Environment): Promise<string> {
  return (await promisify(execFile)(runtime, [...args], { timeout, env: { ...env } })).stdout.trim();
}

async function responds(runtime: string, env: Environment): Promise<boolean> {
  return call(runtime, ['info'], 10_000, env).then(
    () => true,
    () => false,
  );
}

/** Whether programs can be taken out of images here. */
export async function containersAnswer(env: Environment = process.env): Promise<boolean> {
  for (const runtime of runtimes) if (await responds(runtime, env)) return true;
  return false;
}

/**
 * Copies the program to `target`; with libraries, `target` is a folder laid out as the image is.
 * @returns undefined when it is there; otherwise why not, in a few words
 */
export async function copyFromImage(
  { reference, program, libraries }: ImageProgram,
  target: string,
  env: Environment,
): Promise<string | undefined> {
  // What is in an image for Linux runs on Linux alone.
  if (process.platform !== 'linux') return `images hold programs for Linux, and this is ${process.platform}`;
  const libraryFolder = libraryFolders[process.arch];
  if (libraries && !libraryFolder) return `where ${process.arch} images keep their libraries is not known`;
  const paths = libraries ? [program, libraryFolder as string] : [program];
  const refused: string[] = [];
  for (const runtime of runtimes) {
    if (!(await responds(runtime, env))) {
      refused.push(`${runtime} does not answer`);
      continue;
    }
    try {
      const container = await call(runtime, ['create', reference], 600_000, env);
      try {
        for (const path of paths) {
          const place = libraries ? join(target, path) : target;
          mkdirSync(dirname(place), { recursive: true });
          await call(runtime, ['cp', `${container}:${path}`, place], 120_000, env);
        }
      } finally {
        await call(runtime, ['rm', container], 60_000, env);
      }
      chmodSync(libraries ? join(target, program) : target, 0o755);
      return undefined;
    } catch (error) {
      refused.push(`${runtime}: ${(error as { stderr?: string }).stderr?.trim() || (error as Error).message}`);
    }
  }
  return refused.join(', ');
}
