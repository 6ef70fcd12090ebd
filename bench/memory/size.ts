/** How search, memory and the file grow from ten thousand memories to a million. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../bench.ts';
import { figure, times } from '../measure/figure.ts';
import { type Measure, measure } from '../result.ts';
import { startChild } from './child.ts';
import { type Service, startEmbedded } from './embedded.ts';
import { load } from './load.ts';
import { contexts, searches } from './requests.ts';
import { type Case, inRounds } from './rounds.ts';
import { questions, SUBJECTS } from './texts.ts';

const SMALL = 10_000;
const MEBIBYTE = 2 ** 20;
/** Of the embedded memory, whose one user it is. */
const TENANT = 'local';
const goal = { ours: { atMost: 3 } };

interface Filled {
  readonly memories: number;
  readonly path: string;
  readonly seconds: number;
}

export async function growthWithSize(settings: Settings): Promise<Measure[]> {
  const { quick, runs, progress } = settings;
  const rounds = runs ?? (quick ? 1 : 5);
  const seconds = quick ? 1 : 2;
  const sizes = [await fill(settings, SMALL), await fill(settings, quick ? 50_000 : 1_000_000)];
  const services: Service[] = [];
  try {
    for (const { path } of sizes) services.push(await startEmbedded(path));
    const asked = questions(5, 256);
    const requests = { search: searches(asked), context: contexts(asked) };
    const cases = Object.entries(requests).flatMap(([operation, given]) =>
      services.map(({ target }, at): Case => {
        const name = `${operation} ${sizes[at]?.memories}`;
        return { name, run: () => load(target, given, { connections: 1, seconds }) };
      }),
    );
    progress(`search and context among ${sizes.map(({ memories }) => memories.toLocaleString('en')).join(' and ')}`);
    const found = await inRounds(cases, { rounds, warm: 1 });
    return [
      ...Object.keys(requests).flatMap((operation) => grown(operation, sizes, found)),
      ...sizes.flatMap(({ memories, path, seconds: taken }, at) => {
        const { now = Number.NaN } = services[at]?.child.memory() ?? {};
        const of = `${memories.toLocaleString('en')} memories`;
        const one = (name: string, unit: string, value: number) =>
          measure({ name: `${of}: ${name}`, unit, ours: figure([value]), peers: {} });
        return [
          one('resident memory after these searches', 'MiB', now),
          one('file', 'MiB', statSync(path).size / MEBIBYTE),
          one('filling the file', 'memories/s', memories / taken),
        ];
      }),
    ];
  } finally {
    for (const { child } of services) await child.stop();
  }
}

function grown(operation: string, sizes: readonly Filled[], found: Awaited<ReturnType<typeof inRounds>>): Measure[] {
  const p50 = sizes.map(({ memories }) =>
    figure((found.get(`${operation} ${memories}`) ?? []).map((batch) => batch.p50)),
  );
  const p99 = sizes.map(({ memories }) =>
    figure((found.get(`${operation} ${memories}`) ?? []).map((batch) => batch.p99)),
  );
  const [small, large] = p50;
  if (small === undefined || large === undefined) throw new Error('two sizes are compared');
  const shown = sizes.map(({ memories }) => memories.toLocaleString('en'));
  return [
    ...sizes.flatMap((_, at) => {
      const name = `${operation} of one of ${SUBJECTS} subjects, among ${shown[at]}`;
      const [half, most] = [p50[at], p99[at]];
      if (half === undefined || most === undefined) return [];
      return [
        measure({ name: `${name}: p50`, unit: 'ms', ours: half, peers: {} }),
        measure({ name: `${name}: p99`, unit: 'ms', ours: most, peers: {} }),
      ];
    }),
    measure({
      name: `${operation}: growth of p50 from ${shown.join(' to ')}`,
      unit: 'times',
      ours: times(large, small),
      peers: {},
      ...(operation === 'search' && { goal }),
    }),
  ];
}

async function fill({ folder, progress }: Settings, memories: number): Promise<Filled> {
  const path = join(folder, `${memories}.sqlite`);
  const settings = { SQLITE_PATH: path, MEMORIES: String(memories), TENANT };
  progress(`filling a file with ${memories.toLocaleString('en')} memories`);
  const child = await startChild('fill.ts', settings, progress);
  await child.stop();
  return { memories, path, seconds: Number(child.told.seconds) };
}
