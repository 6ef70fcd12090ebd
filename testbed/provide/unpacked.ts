import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** How a program is started. */
export interface Runnable {
  readonly command: string;
  /** What comes before the program's own arguments. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Names of the dynamic loader, by architecture: where a folder has one, its libraries go with no other. */
const loaders = ['ld-linux-x86-64.so.2', 'ld-linux-aarch64.so.1'];

function foldersIn(parent: string): readonly string[] {
  if (!existsSync(parent)) return [];
  const entries = readdirSync(parent, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(parent, name));
}

/** Where the libraries are, below a folder laid out like a file system: some packages keep theirs one folder deeper. */
function libraryFolders(folder: string): readonly string[] {
  const roots = ['lib', 'usr/lib']
    .flatMap((path) => foldersIn(join(folder, path)))
    .filter((path) => path.endsWith('-linux-gnu'));
  const deeper = roots.flatMap(foldersIn).filter((path) => readdirSync(path).some((name) => /^lib.*\.so/.test(name)));
  return [...roots, ...deeper];
}

/**
 * What to start: a program as it is, or one in a folder that packages or an image were unpacked into, with their libraries.
 * @param path the program, or the folder
 * @param program path of the program below the folder
 */
export function runnable(path: string, program: string): Runnable {
  if (!statSync(path).isDirectory()) return { command: path, args: [], env: {} };
  const libraries = libraryFolders(path);
  const command = join(path, program);
  const loader = libraries.flatMap((folder) => loaders.map((name) => join(folder, name))).find(existsSync);
  return loader
    ? { command: loader, args: ['--library-path', libraries.join(':'), command], env: {} }
    : { command, args: [], env: { LD_LIBRARY_PATH: libraries.join(':') } };
}
