/** The releases that an environment had, out of the history of its record. */
import { type Promotion, parseRelease, type Release, recordFile } from '../environments/releases.ts';
import type { Environment } from '../environments/schema.ts';
import { commitOf, fileAt, tryGit } from '../synth/git.ts';

/** A release of a held environment. */
export type HeldRelease = Release & { readonly promotion: Promotion };

/** A release, and the last commit that had it. */
export interface PastRelease {
  readonly commit: string;
  readonly release: HeldRelease;
}

/** What the environment had, from now into the past. Ends where a commit has no record of this form. */
export function* history(root: string, name: Environment['name']): Generator<PastRelease> {
  const file = recordFile(name);
  const at = (commit: string): PastRelease | undefined => {
    const { release } = parseRelease(json(fileAt(root, commit, file)), name);
    return release && isHeld(release) ? { commit, release } : undefined;
  };
  const now = commitOf(root, 'HEAD');
  const first = now === undefined ? undefined : at(now);
  if (!first) return;
  yield first;
  const changes = tryGit(root, 'log', '--first-parent', '--format=%H', '--', file)?.split('\n').filter(Boolean) ?? [];
  for (const change of changes) {
    // The commit before a change is the last one that had what was there before, with the settings as they were by then.
    const parent = commitOf(root, `${change}^`);
    const past = parent === undefined ? undefined : at(parent);
    if (!past) return;
    yield past;
  }
}

export const isHeld = (release: Release): release is HeldRelease => release.promotion !== undefined;

/** Of all applications, the newest that is in it. A rollback takes older ones back: it counts as what it has restored. */
export const newest = ({ promotion }: HeldRelease) =>
  Math.max(...Object.values(promotion.applications).map(({ release }) => release));

function json(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
