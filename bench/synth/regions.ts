/**
 * The entry that stands for synth/command.ts at more than one size: every environment in many regions, which is how the
 * output of this project grows. It does what the command does: read the environments, build, render, write.
 */
import { type Cluster, clusters, written } from '../../environments/index.ts';
import type { Environment } from '../../environments/schema.ts';
import { replace } from '../../synth/output.ts';
import { synthesise } from '../../synth/synthesise.ts';

/** Every environment as it is, in that many regions. */
export function clustersIn(regions: number): Cluster[] {
  if (regions === 1) return clusters();
  const input = Object.entries(written).map(([name, environment]) => {
    const locations = Array.from({ length: regions }, (_, index) => `us-central${index + 1}`);
    return [
      name,
      {
        ...(environment as Environment),
        regions: locations.map((location) => ({ location, folder: `${name}-${location}` })),
      },
    ];
  });
  return clusters(Object.fromEntries(input));
}

/** @param args number of regions, and the folder to write to */
export function main([regions, folder]: readonly string[], root: string) {
  if (!regions || !folder) throw new Error('say how many regions, and where to write');
  replace(
    folder,
    synthesise(root, clustersIn(Number(regions))).flatMap(({ files }) => files),
  );
}
