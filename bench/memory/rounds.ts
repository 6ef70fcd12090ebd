/** Things measured in turn, round by round, so that whatever slows the machine for a while slows them alike. */
import { figure } from '../measure/figure.ts';
import { type Bound, type Measure, measure } from '../result.ts';
import type { Batch } from './load.ts';

export interface Case {
  readonly name: string;
  run(): Promise<Batch>;
}

export type Batches = ReadonlyMap<string, readonly Batch[]>;

/** @param warm rounds before those that count */
export async function inRounds(
  cases: readonly Case[],
  { rounds, warm }: { rounds: number; warm: number },
): Promise<Batches> {
  const found = new Map(cases.map(({ name }) => [name, [] as Batch[]]));
  for (let round = -warm; round < rounds; round++) {
    for (const { name, run } of cases) {
      const batch = await run();
      if (round >= 0) found.get(name)?.push(batch);
    }
  }
  return found;
}

/** One operation of ours, and of each peer by its name. */
export interface Compared {
  readonly name: string;
  readonly ours: readonly Batch[];
  readonly peers: Readonly<Record<string, readonly Batch[]>>;
  readonly goals?: {
    readonly p50?: Readonly<Record<string, Bound>>;
    /** On throughput, by peer. */
    readonly perSecond?: Readonly<Record<string, Bound>>;
  };
}

/** Its p50, its p99 and how many a second. */
export function threeMeasures({ name, ours, peers, goals }: Compared): Measure[] {
  const of = (what: keyof Batch) => ({
    ours: figure(ours.map((batch) => batch[what])),
    peers: Object.fromEntries(
      Object.entries(peers).map(([peer, batches]) => [peer, figure(batches.map((batch) => batch[what]))]),
    ),
  });
  return [
    measure({ name: `${name}: p50`, unit: 'ms', ...of('p50'), ...(goals?.p50 && { goal: goals.p50 }) }),
    measure({ name: `${name}: p99`, unit: 'ms', ...of('p99') }),
    measure({
      name: `${name}: throughput`,
      unit: '/s',
      ...of('perSecond'),
      ...(goals?.perSecond && { goal: goals.perSecond }),
    }),
  ];
}

/** How many times the p50 the p99 of each batch is. */
export function tail(name: string, batches: readonly Batch[], goal: Bound): Measure {
  const ours = figure(batches.map(({ p50, p99 }) => p99 / p50));
  return measure({ name, unit: 'times', ours, peers: {}, goal: { ours: goal } });
}
