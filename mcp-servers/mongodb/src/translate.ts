/** A plain English question to a plan and its query: deterministic, without a model and without asking the database. */
import type { Catalogue } from './catalogue/catalogue.ts';
import { compile, type Mql } from './compile/compile.ts';
import type { Clock } from './language/dates.ts';
import { read } from './language/grammar/sentence.ts';
import { link } from './language/link.ts';
import { vocabularyOf } from './language/vocabulary.ts';
import type { Reading } from './plan/build.ts';
import { confidenceOf } from './plan/confidence.ts';
import type { Plan } from './plan/plan.ts';
import { readBack } from './plan/read-back.ts';
import { readings } from './plan/readings.ts';

export interface TranslateOptions extends Clock {
  /** Least confidence of an answer, from 0 to 1. @default 0.7 */
  readonly confidence?: number;
}

/** What is known of a question, answered or not. */
interface Understanding {
  /** From 0 to 1. */
  readonly confidence: number;
  /** How words were read that leave something open. */
  readonly assumptions: readonly string[];
  /** Words of the question that mean nothing here. */
  readonly unmatched: readonly string[];
  /** What was not certain. */
  readonly doubts: readonly string[];
  /** Other readings, as sentences. */
  readonly alternatives: readonly string[];
}

export interface Answer extends Understanding {
  readonly kind: 'answer';
  readonly plan: Plan;
  readonly mql: Mql;
  /** What the query asks for, in one sentence made from the plan. */
  readonly readBack: string;
}

/** No answer: the question is not understood well enough. */
export interface Abstention extends Understanding {
  readonly kind: 'abstention';
  readonly reason: string;
  /** What would have been asked, for a person to confirm. @default nothing could be read */
  readonly candidate?: Candidate;
  /** Other readings, the nearest first. */
  readonly others: readonly Candidate[];
}

export interface Candidate {
  readonly plan: Plan;
  readonly readBack: string;
}

/** Other readings that are told. */
const OTHERS = 3;

/** Longest question that is read, in characters. */
export const LONGEST_QUESTION = 1000;

export function translate(question: string, catalogue: Catalogue, options: TranslateOptions): Answer | Abstention {
  if (question.length > LONGEST_QUESTION)
    return nothing(`The question has more than ${LONGEST_QUESTION} characters; ask for one thing at a time.`, []);
  const vocabulary = vocabularyOf(catalogue);
  const sketch = read(link(question, vocabulary, options));
  const found = readings(sketch, catalogue, vocabulary, options);
  const [best, ...others] = found;
  const unmatched = sketch.unmatched;
  if (!best) return nothing(reasonWithout(unmatched), unmatched);
  const mql = compile(best.plan, catalogue);
  const written = JSON.stringify(mql);
  const different = others.filter(
    (other) =>
      JSON.stringify(other.plan.output) !== JSON.stringify(best.plan.output) ||
      other.plan.collection === best.plan.collection,
  );
  const told = different.slice(0, OTHERS).map(({ plan }) => ({ plan, readBack: readBack(plan) }));
  const confidence = confidenceOf(sketch, best, rivalOf(best, different, written));
  const understanding = {
    confidence,
    assumptions: best.assumptions,
    unmatched,
    doubts: best.doubts.map(({ about }) => about),
    alternatives: [...best.alternatives, ...told.map(({ readBack: other }) => other)],
  };
  const said = readBack(best.plan);
  if (confidence >= (options.confidence ?? 0.7))
    return { kind: 'answer', plan: best.plan, mql, readBack: said, ...understanding };
  return {
    kind: 'abstention',
    reason: reasonOf(understanding),
    candidate: { plan: best.plan, readBack: said },
    others: told,
    ...understanding,
  };
}

const rivalOf = (best: Reading, others: readonly Reading[], written: string) =>
  others.find(({ plan }) => plan.collection === best.plan.collection && JSON.stringify(plan) !== written);

function nothing(reason: string, unmatched: readonly string[]): Abstention {
  return {
    kind: 'abstention',
    reason,
    confidence: 0,
    assumptions: [],
    unmatched,
    doubts: [],
    alternatives: [],
    others: [],
  };
}

function reasonWithout(unmatched: readonly string[]): string {
  return unmatched.length > 0
    ? `Not understood: ${unmatched.join(', ')}. Use names of collections and fields, as collection_schema lists them.`
    : 'No collection has all that the question names. Ask for fields of one collection, or of related ones.';
}

function reasonOf({ unmatched, doubts }: Understanding): string {
  if (unmatched.length > 0) return `Not understood: ${unmatched.join(', ')}. Say it in other words, or leave it out.`;
  return doubts.length > 0
    ? `Not certain: ${doubts.join('; ')}. Say which is meant.`
    : 'The names in the question are too far from those of the database.';
}
