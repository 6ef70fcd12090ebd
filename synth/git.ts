/** What git has of this folder at a revision. Everything is read; nothing is ever changed. */
import { execFile, execFileSync } from 'node:child_process';

/** A file of a revision: its path from the folder of the repository, and the id of its content. */
export interface GitFile {
  readonly path: string;
  readonly blob: string;
}

/** Where git answers otherwise than needed: `message` is what it said. */
export class GitRefused extends Error {
  override readonly name = 'GitRefused';
}

const limits = { maxBuffer: 256 * 1024 * 1024 };
const listing = (revision: string, folder: string) => ['ls-tree', '-r', '-z', revision, `${folder}/`];

/** @throws GitRefused */
export function git(root: string, ...args: readonly string[]): string {
  try {
    return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], ...limits });
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string };
    throw new GitRefused(stderr.trim() || message);
  }
}

/** The same, and undefined where git refuses, or there is no git. */
export function tryGit(root: string, ...args: readonly string[]): string | undefined {
  try {
    return git(root, ...args);
  } catch {
    return undefined;
  }
}

/** Full id of a commit; undefined where there is none of that name. */
export const commitOf = (root: string, revision: string): string | undefined =>
  tryGit(root, 'rev-parse', '--verify', '--quiet', `${revision}^{commit}`)?.trim();

/** A file as it was; undefined where it was not. @param path from the folder of the repository */
export const fileAt = (root: string, revision: string, path: string): string | undefined =>
  tryGit(root, 'show', `${revision}:./${path}`);

/** Begins to list the files below a folder. Undefined where the revision is not there, or no git. */
export function startListing(root: string, revision: string, folder: string): Promise<readonly GitFile[] | undefined> {
  return new Promise((resolve) => {
    execFile('git', listing(revision, folder), { cwd: root, ...limits }, (error, stdout) =>
      resolve(error ? undefined : parseListing(stdout)),
    );
  });
}

/** The files below a folder with their texts, by path from the folder. Empty where the revision or the folder is not there. */
export function filesAt(root: string, revision: string, folder: string): ReadonlyMap<string, string> {
  const files = parseListing(tryGit(root, ...listing(revision, folder)) ?? '');
  const texts = blobs(
    root,
    files.map(({ blob }) => blob),
  );
  return new Map(files.map(({ path, blob }) => [path.slice(folder.length + 1), texts.get(blob) ?? '']));
}

/** Contents by their ids. */
export function blobs(root: string, ids: readonly string[]): ReadonlyMap<string, string> {
  if (ids.length === 0) return new Map();
  const output = execFileSync('git', ['cat-file', '--batch'], { cwd: root, input: ids.join('\n'), ...limits });
  const texts = new Map<string, string>();
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf(10, at);
    const [id = '', type, size] = output.toString('utf8', at, end).split(' ');
    if (type !== 'blob') throw new GitRefused(`git has no content ${id}; the repository is not complete`);
    const length = Number(size);
    texts.set(id, output.toString('utf8', end + 1, end + 1 + length));
    at = end + 1 + length + 1;
  }
  return texts;
}

/** `100644 blob 4ca5ee...\tdist/dev/index.json`, ended by NUL. */
function parseListing(text: string): GitFile[] {
  return text
    .split('\0')
    .filter(Boolean)
    .map((line) => {
      const [meta = '', path = ''] = line.split('\t');
      return { path, blob: meta.split(' ')[2] ?? '' };
    });
}
