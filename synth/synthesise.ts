/** The whole way from environments to files, without touching the disk. */
import { buildSystem } from '../charts/index.ts';
import type { System } from '../charts/lib/system.ts';
import { type Cluster, clusters } from '../environments/index.ts';
import { InvalidInput } from '../environments/problem.ts';
import { secretsIn } from '../policies/secrets.ts';
import { indexFile } from './index-file.ts';
import type { OutputFile } from './output.ts';
import { type RenderedFile, render } from './render.ts';

/** A cluster as rendered. */
export interface RenderedCluster {
  readonly system: System;
  readonly files: readonly RenderedFile[];
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
    return { system, files };
  });
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

/** Everything that belongs in dist/: the objects and an index for each cluster. */
export function outputFiles(rendered: readonly RenderedCluster[]): OutputFile[] {
  return rendered.flatMap(({ system, files }) => [...files, indexFile(system, files)]);
}
