/** How the time of a synthesis grows with the workloads of one cluster. */
import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import { packageVersion } from '../machine.ts';
import { type Figure, figure, times } from '../measure/figure.ts';
import { output } from '../measure/round-robin.ts';
import { type Measure, measure } from '../result.ts';
import type { Growth } from './workloads.ts';

/** Workloads of the cluster. Each size is twice the one before. */
const sizes = [250, 500, 1000, 2000, 4000];

/** From the smallest to the largest size, the time may grow by a quarter more than the workloads: collecting garbage takes a little. */
const allowance = 1.25;

export const growth: Bench = {
  name: 'growth',
  about: 'one cluster with 250 to 4000 workloads: building and rendering must grow as the workloads do',
  async run({ root, quick, runs, progress }) {
    const count = runs ?? (quick ? 3 : 7);
    const taken = new Map((quick ? sizes.slice(0, 3) : sizes).map((size) => [size, [] as Growth[]]));
    for (let round = 1; round <= count; round++) {
      progress(`round ${round} of ${count}`);
      for (const [size, own] of taken) own.push(once(root, size));
    }
    return {
      versions: { node: process.version, cdk8s: packageVersion(root, 'cdk8s') },
      measures: measuresOf([...taken].map(([size, own]) => summary(size, own))),
    };
  },
};

function once(root: string, workloads: number): Growth {
  const args = [join(root, 'bench/growth/workloads.ts'), String(workloads)];
  return JSON.parse(output({ file: join(root, 'node_modules/.bin/node'), args, cwd: root })) as Growth;
}

/** What the runs of one size say. */
interface Summary {
  readonly size: number;
  readonly objects: number;
  readonly time: Figure;
}

const summary = (size: number, runs: readonly Growth[]): Summary => ({
  size,
  objects: runs[0]?.objects ?? 0,
  time: figure(runs.map(({ build, render }) => build + render)),
});

function measuresOf(summaries: readonly Summary[]): Measure[] {
  const growthBetween = (from: Summary, to: Summary, goal?: Measure['goal']) =>
    measure({
      name: `growth from ${from.size} to ${to.size} workloads`,
      unit: 'times',
      ours: times(to.time, from.time),
      peers: {},
      ...(goal && { goal }),
    });
  const [first, last] = [summaries[0], summaries.at(-1)];
  if (!first || !last) return [];
  return [
    ...summaries.map(({ size, objects, time }) =>
      measure({ name: `${size} workloads (${objects} objects)`, unit: 'ms', ours: time, peers: {} }),
    ),
    ...summaries.flatMap((to, index) => {
      const from = summaries[index - 1];
      return from ? [growthBetween(from, to)] : [];
    }),
    growthBetween(first, last, { ours: { atMost: (last.size / first.size) * allowance } }),
  ];
}
