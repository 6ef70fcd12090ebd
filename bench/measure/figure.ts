/** A figure of some runs: the median, and how far the runs lie apart. */
export interface Figure {
  readonly median: number;
  /** @default computed from other figures, so there are no runs of its own */
  readonly range?: { readonly min: number; readonly max: number; readonly runs: number };
}

const rounded = (value: number) => Number(value.toPrecision(4));

/** @throws without a single run */
export function figure(runs: readonly number[]): Figure {
  const sorted = runs.toSorted((a, b) => a - b);
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined) throw new Error('a figure needs at least one run');
  const at = (index: number) => sorted[index] ?? min;
  const median = (at(Math.floor((sorted.length - 1) / 2)) + at(Math.ceil((sorted.length - 1) / 2))) / 2;
  return { median: rounded(median), range: { min: rounded(min), max: rounded(max), runs: runs.length } };
}

/** How many times one figure is the other. */
export const times = (figure: Figure, of: Figure): Figure => ({ median: rounded(figure.median / of.median) });
