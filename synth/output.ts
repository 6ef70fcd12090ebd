/**
 * The folder that holds the output. It is replaced as a whole: an interrupted run leaves the old folder or the new one,
 * never a mix. Files that nothing claims any more go away with the old folder.
 */
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** A file to write: path below the folder, and its text. */
export interface OutputFile {
  readonly path: string;
  readonly text: string;
}

/** What differs between a folder and what it should hold. Paths are relative to the folder. */
export interface Difference {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** Compares without writing. */
export function compare(folder: string, files: readonly OutputFile[]): Difference {
  const present = new Set(filesBelow(folder));
  const wanted = new Set(files.map(({ path }) => path));
  return {
    added: files.filter(({ path }) => !present.has(path)).map(({ path }) => path),
    changed: files
      .filter(({ path, text }) => present.has(path) && readFileSync(join(folder, path), 'utf8') !== text)
      .map(({ path }) => path),
    removed: [...present].filter((path) => !wanted.has(path)).sort(),
  };
}

export const isEmpty = ({ added, changed, removed }: Difference) =>
  added.length + changed.length + removed.length === 0;

/**
 * Makes the folder hold exactly the files. The new tree is built beside it, and two renames put it in place; a run that is
 * killed between the two is mended by the next one (`recover`). Unchanged files are linked, not written again.
 */
export function replace(folder: string, files: readonly OutputFile[]): Difference {
  recover(folder);
  const difference = compare(folder, files);
  put(folder, files, difference);
  return difference;
}

/** The same, where the folder is recovered and compared already. */
export function put(folder: string, files: readonly OutputFile[], difference: Difference) {
  if (isEmpty(difference)) return;
  const target = resolve(folder);
  const next = stagingOf(target, `new-${process.pid}`);
  const old = stagingOf(target, 'old');
  rmSync(next, { recursive: true, force: true });
  mkdirSync(next, { recursive: true });
  const fresh = new Set([...difference.added, ...difference.changed]);
  const made = new Set<string>();
  for (const { path, text } of files) {
    const file = join(next, path);
    const parent = dirname(file);
    if (!made.has(parent)) {
      mkdirSync(parent, { recursive: true });
      made.add(parent);
    }
    if (fresh.has(path)) writeFileSync(file, text);
    else linkSync(join(target, path), file);
  }
  if (existsSync(target)) renameSync(target, old);
  renameSync(next, target);
  rmSync(old, { recursive: true, force: true });
}

/** Ends what a killed run left behind: the old folder comes back if the new one was not yet in place. */
export function recover(folder: string) {
  const target = resolve(folder);
  const old = stagingOf(target, 'old');
  if (existsSync(old)) {
    if (existsSync(target)) rmSync(old, { recursive: true, force: true });
    else renameSync(old, target);
  }
  const prefix = basename(stagingOf(target, 'new-'));
  for (const name of existsSync(dirname(target)) ? readdirSync(dirname(target)) : []) {
    const owner = name.startsWith(prefix) ? Number(name.slice(prefix.length)) : 0;
    if (owner && owner !== process.pid && !isRunning(owner))
      rmSync(join(dirname(target), name), { recursive: true, force: true });
  }
}

/** A hidden folder beside the target, on the same file system: a rename cannot cross one. */
const stagingOf = (target: string, suffix: string) => join(dirname(target), `.${basename(target)}-${suffix}`);

function isRunning(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch {
    return false;
  }
}

function filesBelow(folder: string, prefix = ''): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesBelow(join(folder, entry.name), `${prefix}${entry.name}/`) : [prefix + entry.name],
  );
}
