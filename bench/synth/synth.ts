/** All environments into manifests: this project beside helm, kustomize and the cdk8s CLI, on the same objects. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildSystem } from '../../charts/index.ts';
import { clusters } from '../../environments/index.ts';
import { freshBundle } from '../../synth/bundle.ts';
import { render } from '../../synth/render.ts';
import { provide } from '../../testbed/provide/provide.ts';
import { helm as helmProgram, kustomize as kustomizeProgram } from '../../testbed/servers/tools.ts';
import type { Bench, Settings } from '../bench.ts';
import { packageVersion } from '../machine.ts';
import { type Figure, times } from '../measure/figure.ts';
import { type Command, roundRobin } from '../measure/round-robin.ts';
import { type Bound, type Measure, measure } from '../result.ts';
import { cdk8s } from './cdk8s.ts';
import { helm } from './helm.ts';
import { kustomize } from './kustomize.ts';
import { sharedObjects } from './objects.ts';
import { ours } from './ours.ts';
import type { Renderer } from './renderer.ts';
import { count, rendered, sameCount, sameObjects } from './verify.ts';

/** A size in copies of every environment, how often each command runs, and what the goal is at that size. */
interface Size {
  readonly copies: number;
  readonly runs: number;
  readonly goal?: Readonly<Record<string, Bound>>;
}

const sizes: readonly Size[] = [
  { copies: 1, runs: 11, goal: { 'helm template': { atMost: 0.65 }, 'cdk8s synth': { atMost: 0.2 } } },
  { copies: 10, runs: 7 },
  { copies: 100, runs: 3, goal: { 'helm template': { atMost: 0.5 } } },
];

/** Renderers that are left out beyond a size: kustomize would take minutes, and files of helm gigabytes. */
const largest: Readonly<Record<string, number>> = { 'kustomize build': 10, 'helm template --output-dir': 10 };

const nothingChanged = 'ours, nothing changed';
const emptyProcess = 'empty Node process';

export const synth: Bench = {
  name: 'synth',
  about:
    'all environments into manifests, beside helm, kustomize and the cdk8s CLI, at 1, 10 and 100 times the objects',
  async run(settings) {
    const { root, quick, runs } = settings;
    const programs = { helm: (await provide(helmProgram)).path, kustomize: (await provide(kustomizeProgram)).path };
    const measures: Measure[] = [];
    const figures = new Map<number, Map<string, Figure>>();
    for (const size of quick ? sizes.slice(0, 2) : sizes) {
      const { objects, found } = runSize({ ...size, runs: runs ?? (quick ? 3 : size.runs) }, programs, settings);
      figures.set(size.copies, found);
      measures.push(...measuresOf(size, objects, found));
    }
    const [small, large] = [figures.get(10), figures.get(100)];
    if (small && large) measures.push(growthOf(small, large));
    return {
      versions: {
        node: process.version,
        cdk8s: packageVersion(root, 'cdk8s'),
        'cdk8s-cli': packageVersion(root, 'cdk8s-cli'),
        helm: helmProgram.version,
        kustomize: kustomizeProgram.version,
      },
      measures,
    };
  },
};

/** Prepares the inputs of every renderer at a size, checks that all render the same, and times them. */
function runSize(
  { copies, runs }: Size,
  programs: { readonly helm: string; readonly kustomize: string },
  { root, folder: parent, quick, progress }: Settings,
) {
  const folder = join(parent, `${copies}x`);
  progress(`${copies}x: preparing`);
  const objects = sharedObjects(
    clusters().map((cluster) => ({ environment: cluster.environment.name, files: render(buildSystem(cluster), root) })),
  );
  const limits = quick ? { ...largest, 'kustomize build': 1 } : largest;
  const own = ours(root, copies);
  const place = (name: string) => {
    mkdirSync(join(folder, name), { recursive: true });
    return join(folder, name);
  };
  const peers = [
    ...helm(programs.helm, objects, copies, place('helm')),
    ...kustomize(programs.kustomize, objects, copies, place('kustomize')),
    ...cdk8s(root, objects, copies, place('cdk8s')),
  ].filter(({ name }) => copies <= (limits[name] ?? Number.POSITIVE_INFINITY));
  progress(`${copies}x: comparing the objects`);
  const number = compare(own, peers, copies, place('compared'));
  const fresh = () => {
    // Without a bundle of the sources as they are, each run would take the slow way, and make one.
    if (copies === 1 && !freshBundle(root))
      throw new Error('the sources changed while they were measured; run the bench again when nobody edits them');
  };
  fresh();
  const found = roundRobin(
    [
      ...[own, ...peers].map((renderer) => timed(renderer, place('output'))),
      ...(copies === 1 ? floors(root, own, folder) : []),
    ],
    runs,
    (round) => progress(`${copies}x: ${number} objects, round ${round} of ${runs}`),
  );
  fresh();
  rmSync(folder, { recursive: true });
  return { objects: number, found };
}

/** @returns the number of objects that all render */
function compare(own: Renderer, peers: readonly Renderer[], copies: number, folder: string): number {
  // The first run makes the bundle.
  rendered(own, join(folder, 'bundling'));
  const wanted = rendered(own, join(folder, 'ours'));
  for (const [index, peer] of peers.entries()) {
    const yaml = rendered(peer, join(folder, `peer${index}`));
    // Copies differ from ours in their names, which hold the region here and a number there.
    if (copies === 1) sameObjects(peer.name, yaml, wanted);
    sameCount(peer.name, yaml, count(wanted));
  }
  return count(wanted);
}

const timed = ({ name, steps }: Renderer, folder: string): Command => ({
  name,
  steps: (run) => steps(join(folder, `${name.replaceAll(/[^a-z0-9]/g, '-')}-${run}`)),
});

/** What bounds the figures from below: a process that does nothing, and a synthesis that finds its files written. */
function floors(root: string, own: Renderer, folder: string): Command[] {
  const node = join(root, 'node_modules/.bin/node');
  return [
    { name: nothingChanged, steps: () => own.steps(join(folder, 'unchanged')) },
    { name: emptyProcess, steps: () => [{ file: node, args: ['-e', '0'], cwd: folder }] },
  ];
}

function measuresOf({ copies, goal }: Size, objects: number, found: ReadonlyMap<string, Figure>): Measure[] {
  const name = `${copies} x (${objects} objects)`;
  const { ours: own, [nothingChanged]: unchanged, ...peers } = Object.fromEntries(found);
  if (!own) throw new Error('nothing of ours was measured');
  const written = measure({ name: `${name}, every file written`, unit: 'ms', ours: own, peers, ...(goal && { goal }) });
  if (!unchanged) return [written];
  // Beside what the others do in any case: none of them looks whether something changed.
  return [written, measure({ name: `${name}, nothing changed`, unit: 'ms', ours: unchanged, peers })];
}

/** How many times as long ten times the objects take. */
function growthOf(small: ReadonlyMap<string, Figure>, large: ReadonlyMap<string, Figure>): Measure {
  const growth = Object.fromEntries(
    [...large].flatMap(([name, figure]) => {
      const before = small.get(name);
      return before ? [[name, times(figure, before)]] : [];
    }),
  );
  const { ours: own, ...peers } = growth;
  if (!own) throw new Error('nothing of ours was measured');
  return measure({
    name: 'growth from 10 x to 100 x',
    unit: 'times',
    ours: own,
    peers,
    goal: { ours: { atMost: 12 } },
  });
}
