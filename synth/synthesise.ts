/** The whole way from environments to files, without touching the disk. */
import { buildSystem } from '../charts/index.ts';
import { type ApplicationName, applicationWaves } from '../charts/lib/application.ts';
import { type Demand, demand } from '../charts/lib/capacity.ts';
import type { System } from '../charts/lib/system.ts';
import { type Cluster, clusters } from '../environments/index.ts';
import { InvalidInput } from '../environments/problem.ts';
import { secretsIn } from '../policies/secrets.ts';
import { type ClusterIndex, clusterIndex, indexPath, indexText } from './index-file.ts';
import type { OutputFile } from './output.ts';
import { type RenderedFile, render } from './render.ts';

/** A cluster as rendered. The constructs are gone: a hundred clusters of them would fill the memory. */
export interface RenderedCluster {
  readonly cluster: Cluster;
  /** Everything that belongs in dist/ for it: the objects, and the index as the last. */
  readonly files: readonly OutputFile[];
  readonly index: ClusterIndex;
  /** What each application is made of and asks for, in the order of the applications. */
  readonly applications: readonly ApplicationSummary[];
}

/** What an application is made of, and what its pods ask for at all times. */
export interface ApplicationSummary {
  readonly name: ApplicationName;
  readonly objects: number;
  readonly demand: Demand;
}

/**
 * Renders clusters.
 * @param root folder of the repository, for the source map
 * @param of @default every cluster of every environment
 * @throws InvalidInput with every problem of the environments, before anything is rendered
 */
export function synthesise(root: string, of: readonly Cluster[] = clusters()): RenderedCluster[] {
  return of.map((cluster) => {
    const system = buildSystem(cluster);
    const files = render(system, root);
    refuseSecrets(files);
    const index = clusterIndex(system, files);
    return {
      cluster,
      files: [
        ...files.map(({ path, text }) => ({ path, text })),
        { path: indexPath(cluster.folder), text: indexText(index) },
      ],
      index,
      applications: summaries(system, files),
    };
  });
}

function summaries(system: System, files: readonly RenderedFile[]): ApplicationSummary[] {
  const byApplication = Map.groupBy(files, ({ path }) => path.split('/')[1] as ApplicationName);
  return [...byApplication]
    .map(([name, own]) => ({
      name,
      objects: own.length,
      demand: demand(system, 'min', (part) => part.application.application === name),
    }))
    .sort((a, b) => applicationWaves[a.name] - applicationWaves[b.name]);
}

function refuseSecrets(files: readonly RenderedFile[]) {
  const problems = files.flatMap(({ path, text, source }) =>
    secretsIn(text).map((given) => ({
      path: `dist/${path}`,
      given,
      allowed: 'names of secrets, never their values',
      fix: `${source}: read it from a Secret with secrets.NAME.key(...); charts/secrets.ts has the list`,
    })),
  );
  if (problems.length > 0) throw new InvalidInput('the rendered objects', problems);
}
