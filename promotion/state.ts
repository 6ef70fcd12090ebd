/** What the working tree says and what dist/ has: a promotion begins where the two agree. */
import { join } from 'node:path';
import { type Cluster, clusters } from '../environments/index.ts';
import { InvalidInput, type Problem } from '../environments/problem.ts';
import { recordFile } from '../environments/releases.ts';
import type { Environment } from '../environments/schema.ts';
import { type Committed, onDisk } from '../synth/committed.ts';
import { generatorId } from '../synth/generator.ts';
import { commitOf, tryGit } from '../synth/git.ts';
import { type HeldCluster, hold } from '../synth/hold.ts';
import { compare, isEmpty, type OutputFile, recover } from '../synth/output.ts';
import { synthesise } from '../synth/synthesise.ts';

/** The ground of a promotion. */
export interface State {
  readonly root: string;
  readonly clusters: readonly Cluster[];
  /** As dist/ has them, held applications included. */
  readonly settled: readonly HeldCluster[];
  readonly disk: Committed;
  /** Identifies the charts as they are. */
  readonly generator: string;
  /** The last commit; undefined outside of git. */
  readonly head: string | undefined;
}

/** @throws InvalidInput where dist/ is not what the code says */
export function currentState(root: string): State {
  const dist = join(root, 'dist');
  recover(dist);
  const all = clusters();
  const disk = onDisk(dist);
  const generator = generatorId(root);
  const settled = hold(synthesise(root, all), disk, () => generator);
  const files = settled.flatMap((cluster) => cluster.files);
  if (!isEmpty(compare(dist, files)))
    throw new InvalidInput('dist/', [
      {
        path: 'dist/',
        given: 'files that are not what the code says',
        allowed: 'a dist/ that is up to date, so that a promotion changes nothing else',
        fix: 'npm run synth, and commit what it writes',
      },
    ]);
  return { root, clusters: all, settled, disk, generator, head: commitOf(root, 'HEAD') };
}

/** The clusters of an environment as they are settled. */
export const clustersOf = ({ settled }: State, name: Environment['name']) =>
  settled.filter(({ cluster }) => cluster.environment.name === name);

/** Where an environment has changes that no commit has: they have run nowhere, and there would be no way back to them. */
export function uncommitted(state: State, name: Environment['name']): Problem[] {
  if (state.head === undefined) return [];
  const folders = clustersOf(state, name).map(({ cluster }) => `dist/${cluster.folder}`);
  const status = tryGit(state.root, 'status', '--porcelain', '--', recordFile(name), ...folders) ?? '';
  const changed = status.split('\n').filter(Boolean).length;
  return changed === 0
    ? []
    : [
        {
          path: name,
          given: `changes that are in no commit: ${[recordFile(name), ...folders].join(', ')}`,
          allowed: 'what is committed',
          fix: `commit them, let ${name} run them, and promote then`,
        },
      ];
}

/** All of dist/, with the files of some clusters replaced. */
export function withClusters({ settled }: State, replaced: readonly HeldCluster[]): OutputFile[] {
  const folders = new Set(replaced.map(({ cluster }) => cluster.folder));
  return [...settled.filter(({ cluster }) => !folders.has(cluster.folder)), ...replaced].flatMap(({ files }) => files);
}
