/** dist/ as it was before this run: what is not rendered again is taken from here. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesAt } from './git.ts';

/** Files by their path below dist/. */
export interface Committed {
  /** Undefined where there is no such file. */
  text(path: string): string | undefined;
  /** Whether there is a folder of that path, with anything in it. */
  has(folder: string): boolean;
}

/** dist/ on disk. */
export function onDisk(dist: string): Committed {
  return {
    text: (path) => (existsSync(join(dist, path)) ? readFileSync(join(dist, path), 'utf8') : undefined),
    has: (folder) => existsSync(join(dist, folder)) && readdirSync(join(dist, folder)).length > 0,
  };
}

/** dist/ of a commit, read when it is first asked for. */
export function inGit(root: string, revision: string): Committed {
  let files: ReadonlyMap<string, string> | undefined;
  const all = () => {
    files ??= filesAt(root, revision, 'dist');
    return files;
  };
  return {
    text: (path) => all().get(path),
    has: (folder) => [...all().keys()].some((path) => path.startsWith(`${folder}/`)),
  };
}

/** The first that has the folder in question; a folder is never mixed of two. git is not asked where the disk has it. */
export function firstOf(...sources: readonly Committed[]): Committed {
  const owner = (folder: string) => sources.find((source) => source.has(folder));
  return {
    text(path) {
      // An index stands beside the folders of the applications.
      if (!path.endsWith('/index.json')) return owner(path.slice(0, path.lastIndexOf('/')))?.text(path);
      for (const source of sources) {
        const text = source.text(path);
        if (text !== undefined) return text;
      }
      return undefined;
    },
    has: (folder) => owner(folder) !== undefined,
  };
}
