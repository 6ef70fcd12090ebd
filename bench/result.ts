/** What a bench found, as it is kept in bench/results/NAME.json. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Machine } from './machine.ts';
import type { Figure } from './measure/figure.ts';

/** How far a ratio or a figure may go. */
export type Bound = { readonly atMost: number } | { readonly atLeast: number };

/** One thing measured: this project, beside others at the same task. */
export interface Measure {
  readonly name: string;
  /** `ms`, or `times` for a figure that is itself a ratio. */
  readonly unit: string;
  readonly ours: Figure;
  readonly peers: Readonly<Record<string, Figure>>;
  /** Our median divided by the peer's, by peer. */
  readonly ratio: Readonly<Record<string, number>>;
  /** What the ratio to a peer is to be; under `ours`, what our figure itself is to be. @default no goal */
  readonly goal?: Readonly<Record<string, Bound>>;
  /** Whether every bound of the goal holds. */
  readonly met?: boolean;
}

/** A bench's results, with what is needed to judge them. */
export interface Result {
  readonly date: string;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly measures: readonly Measure[];
}

/** Puts a measure together: the ratios follow from the figures, and whether the goal is met from the ratios. */
export function measure({ name, unit, ours, peers, goal }: Omit<Measure, 'ratio' | 'met'>): Measure {
  const ratio = Object.fromEntries(
    Object.entries(peers).map(([peer, { median }]) => [peer, Number((ours.median / median).toPrecision(3))]),
  );
  const measured = { name, unit, ours, peers, ratio };
  if (!goal) return measured;
  const reached: Readonly<Record<string, number>> = { ...ratio, ours: ours.median };
  return { ...measured, goal, met: Object.entries(goal).every(([of, bound]) => holds(bound, reached[of])) };
}

/** Whether a value keeps a bound; without a value, it does not. */
export function holds(bound: Bound, value: number | undefined): boolean {
  if (value === undefined) return false;
  return 'atMost' in bound ? value <= bound.atMost : value >= bound.atLeast;
}

const file = (root: string, bench: string) => join(root, 'bench/results', `${bench}.json`);

/** The committed result of a bench. */
export function readResult(root: string, bench: string): Result | undefined {
  return existsSync(file(root, bench)) ? (JSON.parse(readFileSync(file(root, bench), 'utf8')) as Result) : undefined;
}

export function writeResult(root: string, bench: string, result: Result) {
  mkdirSync(dirname(file(root, bench)), { recursive: true });
  writeFileSync(file(root, bench), `${JSON.stringify(result, null, 2)}\n`);
}
