/** What git has, in this checkout: which commit a branch is at, and how far an application is from it. */
import { execFileSync } from 'node:child_process';

/** The tip of a branch. */
export interface Tip {
  /** Such as `origin/main`, or `main` where there is no remote. */
  readonly ref: string;
  readonly commit: string;
}

/** The commit that the branch is at, as far as this checkout knows; undefined where it does not. */
export function branchTip(root: string, branch: string): Tip | undefined {
  for (const ref of [`origin/${branch}`, branch]) {
    const commit = git(root, 'rev-parse', '--verify', '--quiet', `${ref}^{commit}`);
    if (commit) return { ref, commit };
  }
  return undefined;
}

/** The commits after `commit`, up to the tip, that change the folder; undefined where this checkout does not have them. */
export function commitsSince(root: string, commit: string, tip: Tip, folder: string): number | undefined {
  if (!/^[0-9a-f]{40}$/.test(commit)) return undefined;
  const count = git(root, 'rev-list', '--count', `${commit}..${tip.commit}`, '--', folder);
  return count === undefined ? undefined : Number(count);
}

function git(root: string, ...args: string[]): string | undefined {
  try {
    return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}
