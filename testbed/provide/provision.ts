import type { ImageProgram } from './container.ts';

/** Something that tests need on disk: the program of a server or a tool, or a file that a server is started with. */
export interface Provision {
  /** As it is typed: `kube-apiserver`. Names the environment variable (`TESTBED_KUBE_APISERVER`) and the cache entry. */
  readonly name: string;
  /** Semantic version without `v`. */
  readonly version: string;
  /** Arguments that make a program on PATH print its version. Default: PATH is not searched. */
  readonly versionArgs?: readonly string[];
  /** Published image to take it from, where a container runtime answers. Default: it is built. */
  readonly image?: ImageProgram;
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
