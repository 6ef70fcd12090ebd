/** A rollback: an environment has again what it had before its last release, by the files of that time. */
import { environmentFile } from '../environments/index.ts';
import { InvalidInput, type Problem } from '../environments/problem.ts';
import { environmentBefore, type HeldApplication } from '../environments/releases.ts';
import type { Environment } from '../environments/schema.ts';
import type { Committed } from '../synth/committed.ts';
import { fileAt, filesAt } from '../synth/git.ts';
import { indexPath, indexText, merge, parseIndex } from '../synth/index-file.ts';
import { ownDigests } from '../synth/own-digests.ts';
import { type HeldRelease, history, newest, type PastRelease } from './history.ts';
import type { Intention } from './plan.ts';
import { chosen, heldReleaseOf, imagesBy, versions } from './promote.ts';
import { clustersOf, type State, uncommitted } from './state.ts';

/** What is asked for. */
export interface RollbackRequest {
  readonly to: Environment['name'];
  /** @default everything, to the release before */
  readonly only?: readonly string[] | undefined;
}

/** @throws InvalidInput with every reason why not */
export function rollbackOf(state: State, { to, only }: RollbackRequest): Intention {
  if (environmentBefore(to) === undefined)
    throw new InvalidInput(`the rollback of ${to}`, [
      {
        path: `--to ${to} --rollback`,
        given: `${to}, which follows the charts`,
        allowed: 'an environment that is held',
        fix: 'git revert the change, and npm run synth',
      },
    ]);
  const now = heldReleaseOf(state, to);
  const applications = chosen(state, to, only);
  const problems: Problem[] = uncommitted(state, to);
  const past = releaseBefore(state, to, now, only && applications);
  if (!past) problems.push(noneBefore(to, now, only));
  if (problems.length > 0 || !past) throw new InvalidInput(`the rollback of ${to}`, problems);
  const { release: old, commit } = past;
  const files = filesAt(state.root, commit, 'dist');
  const images = imagesBy(state, to);
  const taken = only
    ? [...new Set(applications.flatMap((name) => [...(images.get(name) ?? []), ...imagesOf(files, state, to, name)]))]
    : undefined;
  const entries: Record<string, HeldApplication> = only ? { ...now.promotion.applications } : {};
  for (const name of applications) {
    const entry = old.promotion.applications[name];
    if (entry) entries[name] = entry;
    else delete entries[name];
  }
  return {
    kind: 'rollback',
    to,
    before: now,
    applications,
    committed: restored(state, to, applications, files),
    notes: settingsSince(state, to, past),
    after: {
      images: taken
        ? { ...now.images, ...Object.fromEntries(taken.map((name) => [name, old.images[name]])) }
        : old.images,
      versions: taken ? versions(now, old, taken) : old.versions,
      promotion: {
        release: now.promotion.release + 1,
        from: { environment: to, release: old.promotion.release, commit },
        applications: entries,
      },
    },
  };
}

/** The newest release that is before the present one, in everything or in the applications that are named. */
function releaseBefore(
  { root }: State,
  to: Environment['name'],
  now: HeldRelease,
  only: readonly string[] | undefined,
): PastRelease | undefined {
  const taken = ({ promotion }: HeldRelease, name: string) => promotion.applications[name]?.release ?? 0;
  const isBefore = (old: HeldRelease) =>
    only
      ? only.every((name) => taken(old, name) < taken(now, name)) && only.some((name) => taken(old, name) > 0)
      : newest(old) < newest(now);
  for (const past of history(root, to)) if (isBefore(past.release)) return past;
  return undefined;
}

function noneBefore(to: Environment['name'], { promotion }: HeldRelease, only: readonly string[] | undefined): Problem {
  return {
    path: `--to ${to} --rollback${only ? ` --only ${only.join(',')}` : ''}`,
    given: `release ${promotion.release}, and none before it in the history of this checkout`,
    allowed: `a release that ${to} had${only ? ', with all of these applications older than they are now' : ''}`,
    fix: only
      ? 'name fewer applications at once'
      : 'fetch the whole history (git fetch --unshallow), if this is a part of it',
  };
}

function imagesOf(files: ReadonlyMap<string, string>, state: State, to: Environment['name'], application: string) {
  const folders = clustersOf(state, to).map(({ cluster }) => `${cluster.folder}/${application}/`);
  const own = [...files].filter(([path]) => folders.some((folder) => path.startsWith(folder)));
  return ownDigests(own.map(([path, text]) => ({ path, text }))).keys();
}

/** dist/ as it is, with the applications as they were. */
function restored(
  { disk, settled }: State,
  to: Environment['name'],
  applications: readonly string[],
  files: ReadonlyMap<string, string>,
): Committed {
  const indexes = new Map(
    settled
      .filter(({ cluster }) => cluster.environment.name === to)
      .flatMap(({ cluster, index }) => {
        const old = parseIndex(files.get(indexPath(cluster.folder)) ?? '');
        return old ? [[indexPath(cluster.folder), indexText(merge(index, old, applications))] as const] : [];
      }),
  );
  const isRestored = (path: string) => applications.includes(path.split('/')[1] ?? '');
  return {
    text: (path) => indexes.get(path) ?? (isRestored(path) ? files.get(path) : disk.text(path)),
    has: (folder) =>
      isRestored(folder) ? [...files.keys()].some((path) => path.startsWith(`${folder}/`)) : disk.has(folder),
  };
}

/** Where charts go back, files are those of the time, with the settings of the time. */
function settingsSince({ root }: State, to: Environment['name'], { commit, release }: PastRelease): string[] {
  const file = environmentFile(to);
  return fileAt(root, commit, file) === fileAt(root, 'HEAD', file)
    ? []
    : [
        `${file} has changed since release ${release.promotion.release}: where the charts go back too, files come back with the settings of then.`,
      ];
}
