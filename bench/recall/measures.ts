/** What a ranking is worth, by the evidence of the question. */
import { assemble } from '../../memory/src/search/context/assemble.ts';
import { countTokens } from '../../memory/src/search/context/tokens.ts';
import type { Hit } from '../../memory/src/search/ranking/rank.ts';

/** Places of a ranking after which recall is taken. */
export const cuts = [1, 5, 10, 20] as const;
/** Tokens of an assembled context. */
export const budgets = [512, 1024, 2048, 4096] as const;

export type Metric =
  | `recall at ${(typeof cuts)[number]}`
  | 'all evidence at 10'
  | `evidence within ${(typeof budgets)[number]} tokens`;

export const metrics: readonly Metric[] = [
  ...cuts.map((cut) => `recall at ${cut}` as const),
  'all evidence at 10',
  ...budgets.map((budget) => `evidence within ${budget} tokens` as const),
];

export type Scores = Readonly<Record<Metric, number>>;

/** The same lines are in many contexts. */
const counted = new Map<string, number>();
function tokensOf(text: string): number {
  const tokens = counted.get(text) ?? countTokens(text);
  counted.set(text, tokens);
  return tokens;
}

/** Each from 0 to 1: the share of the evidence that is there, or 1 where all of it is. */
export function scores(evidence: readonly string[], hits: readonly Hit[]): Scores {
  const share = (ids: ReadonlySet<string>) => evidence.filter((id) => ids.has(id)).length / evidence.length;
  const first = (cut: number) => share(new Set(hits.slice(0, cut).map(({ passage }) => passage.id)));
  const within = (maxTokens: number) =>
    share(new Set(assemble(hits, { maxTokens, tokensOf }).included.map(({ id }) => id)));
  return Object.fromEntries([
    ...cuts.map((cut) => [`recall at ${cut}`, first(cut)] as const),
    ['all evidence at 10', first(10) === 1 ? 1 : 0] as const,
    ...budgets.map((budget) => [`evidence within ${budget} tokens`, within(budget)] as const),
  ]) as Record<Metric, number>;
}

/** In percent, with one more digit than a difference could mean. */
export function mean(all: readonly Scores[], metric: Metric): number {
  const sum = all.reduce((total, one) => total + one[metric], 0);
  return Number(((100 * sum) / all.length).toFixed(1));
}
