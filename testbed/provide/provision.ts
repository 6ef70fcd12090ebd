import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ImageProgram } from './container.ts';

/** Something that tests need on disk: the program of a server or a tool, or a file that a server is started with. */
export interface Provision {
  /** As it is typed: `kube-apiserver`. Names the environment variable (`TESTBED_KUBE_APISERVER`) and the cache entry. */
  readonly name: string;
  /** Semantic version without `v`; `withFingerprint` adds what it is made from. */
  readonly version: string;
  /** Arguments that make a program on PATH print its version. Default: PATH is not searched. */
  readonly versionArgs?: readonly string[];
  /** Other minor versions that do on PATH (`7.2`), where nothing that tests use came or went between them. Default: none. */
  readonly alsoOnPath?: readonly string[] | 'any';
  /** Published image to take it from, where a container runtime answers. Default: it is built. */
  readonly image?: ImageProgram;
  /** What tests use where this one is neither found nor taken from its image. Default: nothing stands in for it. */
  readonly standIn?: Provision;
  /** Makes it, as one file or folder. */
  readonly make: (place: Place) => Promise<void>;
  /** What a user installs so that `make` can work, as an imperative: `Install Go 1.26 or newer.` */
  readonly advice: string;
}

export interface Place {
  /** The file or folder to make; does not exist yet. */
  readonly target: string;
  /** Scratch folder, removed afterwards. */
  readonly folder: string;
}

/** Where it was found, in the order of search. */
export type Origin = 'environment' | 'PATH' | 'cache' | 'container' | 'build';

export interface Provided {
  readonly path: string;
  readonly origin: Origin;
}

/** The variable that names a file to use instead: `kube-apiserver` gives `TESTBED_KUBE_APISERVER`. */
export function variableOf(name: string): string {
  return `TESTBED_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** The version with a mark of these files' content, for what is made from them: a change of one makes another cache entry. */
export function withFingerprint(version: string, files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file)).update('\0');
  return `${version}+${hash.digest('hex').slice(0, 8)}`;
}

/** Nothing provides it. The message says what was tried, one line each, and what to install. */
export class NotProvided extends Error {
  override readonly name = 'NotProvided';
  readonly provision: string;
  readonly tried: readonly string[];

  constructor({ name, version, advice }: Provision, tried: readonly string[]) {
    const attempts = tried.map((attempt) => `  ${attempt.replaceAll('\n', '\n    ')}`).join('\n');
    super(
      `${name} ${version} cannot be provided.\n${attempts}\n` +
        `${advice} Or set ${variableOf(name)} to its path; or leave its tests out with TESTBED_SKIP=${name}.`,
    );
    this.provision = name;
    this.tried = tried;
  }
}
