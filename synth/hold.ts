/**
 * Held environments: what the charts say now reaches an application of staging or prod when its release record names these
 * charts. Until then its files stay as they are, whatever the charts say. Settings and digests of the environment pass as long as
 * the charts are the ones that the record names.
 */

import { InvalidInput, type Problem } from '../environments/problem.ts';
import { environmentBefore, type HeldApplication, type Release, recordFile } from '../environments/releases.ts';
import type { Environment } from '../environments/schema.ts';
import type { Committed } from './committed.ts';
import { type ClusterIndex, type IndexedFile, indexPath, indexText, merge, parseIndex, sha256 } from './index-file.ts';
import type { OutputFile } from './output.ts';
import { ownDigests } from './own-digests.ts';
import type { RenderedCluster } from './synthesise.ts';

/** What dist/ shall hold for a cluster, and what in it is not what the charts say now. */
export interface HeldCluster extends RenderedCluster {
  /** Every file as the charts say now, and the applications of them. */
  readonly fresh: readonly OutputFile[];
  readonly rendered: readonly string[];
  /** Applications that the charts would change, in alphabetical order. */
  readonly held: readonly string[];
}

/** The command that lets a held environment have what the one before has. */
export function promotionCommand(name: Environment['name'], applications: readonly string[] = []): string {
  const only = applications.length > 0 ? ` --only ${applications.join(',')}` : '';
  return `npm run promote -- --from ${environmentBefore(name)} --to ${name}${only}`;
}

/**
 * @param committed dist/ before
 * @param generatorId what renders now; asked for only where something differs
 * @throws InvalidInput where a held file is not what its index says, or is nowhere
 */
export function hold(
  rendered: readonly RenderedCluster[],
  committed: Committed,
  generatorId: () => string,
): HeldCluster[] {
  const problems: Problem[] = [];
  const all = rendered.map((cluster) => holdCluster(cluster, committed, generatorId, problems));
  if (problems.length > 0) throw new InvalidInput('what is held in dist/', problems);
  return all;
}

/** A cluster of which nothing is held. */
export const unheld = (cluster: RenderedCluster): HeldCluster => ({
  ...cluster,
  fresh: cluster.files,
  rendered: Object.keys(cluster.index.applications),
  held: [],
});

function holdCluster(
  rendered: RenderedCluster,
  committed: Committed,
  generatorId: () => string,
  problems: Problem[],
): HeldCluster {
  const { folder, release } = rendered.cluster;
  const { promotion } = release;
  const before = committed.text(indexPath(folder));
  const asRendered = unheld(rendered);
  if (!promotion || before === rendered.files.at(-1)?.text) return asRendered;
  const old = before === undefined ? undefined : parseIndex(before);
  const fresh = rendered.index;
  const names = Object.keys({ ...old?.applications, ...fresh.applications }).sort();
  const stays = names.filter((name) => {
    const taken = promotion.applications[name];
    // Neither the record nor the charts have it: a promotion took it away.
    if (!taken && !fresh.applications[name]) return false;
    const same = old && JSON.stringify(entries(old, name)) === JSON.stringify(entries(fresh, name));
    return !same && taken?.charts !== generatorId();
  });
  if (stays.length === 0) return asRendered;
  // Never taken by a promotion, and not there: nothing that could be kept.
  const isNew = (name: string) => !promotion.applications[name] && !old?.applications[name];
  const kept = stays.filter((name) => !isNew(name));
  if (kept.length > 0 && !old) {
    problems.push(unreadable(rendered, kept, before));
    return { ...asRendered, held: stays };
  }
  const files = kept.flatMap((name) => keptFiles(rendered, old as ClusterIndex, name, committed, problems));
  const index = merge(fresh, old, stays);
  return {
    ...asRendered,
    index,
    held: stays.filter((name) => JSON.stringify(digests(old, name)) !== JSON.stringify(digests(fresh, name))),
    files: [
      ...rendered.files.slice(0, -1).filter(({ path }) => !stays.includes(applicationOf(path))),
      ...files,
      { path: indexPath(folder), text: indexText(index) },
    ],
    applications: rendered.applications
      .filter(({ name }) => !stays.includes(name) || kept.includes(name))
      .map((summary) =>
        kept.includes(summary.name)
          ? { ...summary, objects: files.filter(({ path }) => applicationOf(path) === summary.name).length }
          : summary,
      ),
  };
}

const applicationOf = (path: string) => path.split('/')[1] ?? '';
const belongs = (name: string) => (entry: readonly [string, IndexedFile]) => entry[0].startsWith(`${name}/`);

function ownFiles(index: ClusterIndex | undefined, name: string): (readonly [string, IndexedFile])[] {
  return Object.entries(index?.files ?? {})
    .filter(belongs(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

const digests = (index: ClusterIndex | undefined, name: string) =>
  ownFiles(index, name).map(([path, file]) => [path, file.sha256]);
const entries = (index: ClusterIndex, name: string) => [
  index.applications[name]?.wave,
  ownFiles(index, name).map(([path, { source, construct, sha256 }]) => [path, source, construct, sha256]),
];

function keptFiles(
  { cluster: { folder, environment, release } }: RenderedCluster,
  index: ClusterIndex,
  name: string,
  committed: Committed,
  problems: Problem[],
): OutputFile[] {
  const taken = release.promotion?.applications[name];
  const own = ownFiles(index, name);
  if (own.length === 0) problems.push(nowhere(folder, environment, name, taken));
  const files = own.flatMap(([below, file]) => {
    const path = `${folder}/${below}`;
    const text = committed.text(path);
    if (text !== undefined && sha256(text) === file.sha256) return [{ path, text }];
    problems.push({
      path: `dist/${path}`,
      given:
        text === undefined ? 'no such file' : `a file of ${text.length} characters that is not the one of index.json`,
      allowed: `the file as it was promoted: ${name} of ${environment.name} is not rendered from the charts as they are now`,
      fix: `git checkout -- dist/${path}`,
    });
    return [];
  });
  problems.push(...otherDigests(files, environment, release, name));
  return files;
}

/** A digest that somebody wrote into the record, of an application whose charts are held: it would reach nothing. */
function otherDigests(
  files: readonly OutputFile[],
  { name: environment }: Environment,
  { images }: Release,
  application: string,
): Problem[] {
  return [...ownDigests(files)].flatMap(([image, running]) =>
    running === images[image]
      ? []
      : [
          {
            path: `${recordFile(environment)}: images.${image}`,
            given: images[image],
            allowed: `${running}, which ${application} runs: its charts are not the ones that the record names, so that it is not rendered again`,
            fix: `take the line back, and have charts and digest together: ${promotionCommand(environment, [application])}`,
          },
        ],
  );
}

function nowhere(
  folder: string,
  { name }: Environment,
  application: string,
  taken: HeldApplication | undefined,
): Problem {
  return {
    path: `dist/${folder}/${application}/`,
    given: `nothing, neither on disk nor in the last commit${taken ? `, though release ${taken.release} has it` : ''}`,
    allowed: `the files of ${application} by the charts that ${name} has`,
    fix: `take dist/${folder}/ back from git, or have the charts as they are now: ${promotionCommand(name, [application])}`,
  };
}

function unreadable(
  { cluster: { folder, environment } }: RenderedCluster,
  kept: readonly string[],
  given: string | undefined,
): Problem {
  return {
    path: `dist/${indexPath(folder)}`,
    given: given === undefined ? 'no such file, neither on disk nor in the last commit' : 'not an index',
    allowed: `the index of what is promoted to ${environment.name}: ${kept.join(', ')} are not rendered from the charts as they are now`,
    fix: `git checkout -- dist/${folder}, or have the charts as they are now: ${promotionCommand(environment.name)}`,
  };
}
