import { saturation } from '../lexical/bm25.ts';
import type { TermStatistics } from '../passage.ts';
import { looksLike } from '../question/answer-form.ts';
import type { Question } from '../question/question.ts';
import { intervalsIn, mayHaveDates } from '../time/expressions.ts';
import { bestFit, day } from '../time/interval.ts';
import type { AnalysedPassage } from './analysed.ts';
import { completed } from './completed-statistics.ts';
import { type Neighbour, neighboursIn } from './neighbours.ts';
import type { Part } from './weights.ts';
import { type WeighedQuestion, weigh } from './words-of-the-question.ts';

/** Parts of a score before they are weighed, each from 0 to 1. */
export type Signals = Record<Part, number>;

/** Half of a passage's recency is gone after this many days. */
const recencyHalfLife = 30;

/** How much of `vector` comes from the passage itself; the rest from those beside it. */
const ownVector = 0.75;

/** What a match just before a passage is worth for it when it is a question, which the passage may answer. */
const questionBefore = 0.5;
/**
 * What a match beside a passage is worth for it, by the distance in the thread; below 0: before. People take turns: the one before the
 * last is of the same speaker.
 */
const besideWeights: ReadonlyMap<number, number> = new Map([
  [-2, 0.2],
  [-1, 0.05],
  [1, 0.1],
  [2, 0.05],
]);

/** The best passages of a thread that tell whether it is about the question. */
const threadSample = 3;

/** The signals of every passage of the pool, in its order. */
export function signalsOf(
  question: Question,
  pool: readonly AnalysedPassage[],
  given: TermStatistics,
  now: number,
): Signals[] {
  const statistics = completed(given, question.terms, pool);
  const weighed = weigh(question, pool, statistics);
  const lexical = pool.map((passage) => lexicalSignal(passage, weighed, statistics));
  const threads = threadSignals(pool, lexical);
  const neighbours = neighboursIn(pool);
  const similarities = knownSimilarities(pool);
  return pool.map((analysed, index) => {
    const beside = neighbours[index] ?? [];
    return {
      lexical: lexical[index] ?? 0,
      vector: vectorSignal(similarities, index, beside),
      context: contextSignal(pool, index, beside, lexical, weighed),
      // What is of no thread, such as a fact, speaks for itself.
      thread: threads.get(analysed.passage.thread) ?? lexical[index] ?? 0,
      speaker: isOf(analysed, weighed.speakers) ? 1 : 0,
      time: timeSignal(question, analysed),
      answer: looksLike(question.forms, analysed.passage.text),
      substance: analysed.substance,
      recency: recencySignal(analysed.passage.at, now),
      importance: analysed.passage.importance ?? 0.5,
    };
  });
}

/** Said by one of them; what nobody said, such as a fact, is of those whom it names. */
function isOf({ speaker, counts }: AnalysedPassage, names: ReadonlySet<string>): boolean {
  return speaker.length > 0 ? speaker.some((name) => names.has(name)) : [...names].some((name) => counts.has(name));
}

const lexicalSignal = ({ counts, length }: AnalysedPassage, { terms }: WeighedQuestion, statistics: TermStatistics) =>
  terms.reduce(
    (sum, { term, share }) => sum + share * saturation(counts.get(term) ?? 0, length, statistics.averageLength),
    0,
  );

/**
 * Half of it: what is beside the passage matches by itself; a question just before it counts most, since what follows a question tends
 * to answer it. The other half: the share of the question that the passage and the two on either side cover together.
 */
function contextSignal(
  pool: readonly AnalysedPassage[],
  own: number,
  beside: readonly Neighbour[],
  lexical: readonly number[],
  { terms }: WeighedQuestion,
): number {
  let matching = 0;
  for (const { index, offset } of beside) {
    const weight = offset === -1 && pool[index]?.asks ? questionBefore : (besideWeights.get(offset) ?? 0);
    matching += weight * (lexical[index] ?? 0);
  }
  const near = [own, ...beside.map(({ index }) => index)];
  const covered = terms.reduce(
    (sum, { term, share }) => sum + (near.some((index) => pool[index]?.counts.has(term)) ? share : 0),
    0,
  );
  return 0.5 * matching + 0.5 * covered;
}

function threadSignals(pool: readonly AnalysedPassage[], lexical: readonly number[]): Map<string | undefined, number> {
  const matching = new Map<string, number[]>();
  pool.forEach(({ passage: { thread } }, index) => {
    if (thread === undefined) return;
    const values = matching.get(thread);
    if (values) values.push(lexical[index] ?? 0);
    else matching.set(thread, [lexical[index] ?? 0]);
  });
  return new Map(
    [...matching].map(([thread, values]) => {
      const best = values.toSorted((a, b) => b - a).slice(0, threadSample);
      return [thread, best.reduce((sum, value) => sum + value, 0) / threadSample] as const;
    }),
  );
}

/** A passage that is not among the nearest is at most as near as the last of them. */
function knownSimilarities(pool: readonly AnalysedPassage[]): readonly number[] {
  const known = pool.flatMap(({ passage: { similarity } }) =>
    similarity === undefined ? [] : [Math.max(0, similarity)],
  );
  const last = known.reduce((least, value) => Math.min(least, value), 1);
  const others = known.length === 0 ? 0 : last;
  return pool.map(({ passage: { similarity } }) => Math.min(1, Math.max(0, similarity ?? others)));
}

function vectorSignal(similarities: readonly number[], own: number, beside: readonly Neighbour[]): number {
  const at = (index: number) => similarities[index] ?? 0;
  if (beside.length === 0) return at(own);
  const around = beside.reduce((sum, { index }) => sum + at(index), 0) / beside.length;
  return ownVector * at(own) + (1 - ownVector) * around;
}

function timeSignal({ intervals }: Question, { passage: { at, text } }: AnalysedPassage): number {
  if (intervals.length === 0 || at === undefined) return 0;
  const start = Math.floor(at / day) * day;
  const said = bestFit(intervals, [{ from: start, to: start + day }]);
  return said === 1 || !mayHaveDates(text) ? said : Math.max(said, bestFit(intervals, intervalsIn(text, at)));
}

const recencySignal = (at: number | undefined, now: number) =>
  at === undefined ? 0 : 0.5 ** (Math.max(0, now - at) / (recencyHalfLife * day));
