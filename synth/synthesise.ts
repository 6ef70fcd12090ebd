/** The whole way from environments to files, without touching the disk. */
import { buildSystem } from '../charts/index.ts';
import type { System } from '../charts/lib/system.ts';
import { clusters } from '../environments/index.ts';
import { indexFile } from './index-file.ts';
import type { OutputFile } from './output.ts';
import { type RenderedFile, render } from './render.ts';

/** A cluster as rendered. */
export interface RenderedCluster {
  readonly system: System;
  readonly files: readonly RenderedFile[];
}

/**
 * Renders every cluster of every environment.
 * @param root folder of the repository, for the source map
 * @throws InvalidInput with every problem of the environments, before anything is rendered
 */
export function synthesise(root: string): RenderedCluster[] {
  return clusters().map((cluster) => {
    const system = buildSystem(cluster);
    return { system, files: render(system, root) };
  });
}

/** Everything that belongs in dist/: the objects and an index for each cluster. */
export function outputFiles(rendered: readonly RenderedCluster[]): OutputFile[] {
  return rendered.flatMap(({ system, files }) => [...files, indexFile(system, files)]);
}
