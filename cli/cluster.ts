import { buildSystem } from '../charts/index.ts';
import type { System } from '../charts/lib/system.ts';
import { clusters } from '../environments/index.ts';
import { UsageError } from './command.ts';

/** Builds the cluster with this folder; without a name, the last one: prod. */
export function systemNamed(folder: string | undefined): System {
  const all = clusters();
  const cluster = folder === undefined ? all.at(-1) : all.find((candidate) => candidate.folder === folder);
  if (!cluster)
    throw new UsageError(
      `${folder} is not a cluster; there are ${all.map((candidate) => candidate.folder).join(', ')}`,
    );
  return buildSystem(cluster);
}
