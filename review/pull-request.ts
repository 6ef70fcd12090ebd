/** What a branch does to the clusters: dist/ where it began, and dist/ as it is now. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidInput } from '../environments/problem.ts';
import { commitOf, filesAt, tryGit } from '../synth/git.ts';
import { type ObjectChange, objectChanges } from './object-changes.ts';

export interface Review {
  /** The commit that the changes are told from: where the branch left its base. */
  readonly base: string;
  readonly changes: readonly ObjectChange[];
}

/**
 * @param base a revision, such as `origin/main`; what it got since the branch began is not the branch's
 * @throws InvalidInput where there is no such revision
 */
export async function reviewSince(root: string, base: string): Promise<Review> {
  const tip = commitOf(root, base);
  if (tip === undefined)
    throw new InvalidInput('the command line', [
      {
        path: '--base',
        given: base,
        allowed: 'a commit, branch or tag that git has here',
        fix: 'git fetch it first; in a workflow, check out with fetch-depth: 0',
      },
    ]);
  const began = tryGit(root, 'merge-base', tip, 'HEAD')?.trim() ?? tip;
  const before = filesAt(root, began, 'dist');
  const dist = join(root, 'dist');
  const after = new Map(
    readdirSync(dist, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.yaml'))
      .map((path) => [path, readFileSync(join(dist, path), 'utf8')]),
  );
  const different = (files: ReadonlyMap<string, string>, others: ReadonlyMap<string, string>) =>
    [...files].filter(([path, text]) => others.get(path) !== text).map(([path, text]) => ({ path, text }));
  return { base: began, changes: await objectChanges(different(before, after), different(after, before)) };
}
