import { analyse } from '../analysis/analyse.ts';
import { intervalsIn } from '../time/expressions.ts';
import type { Interval } from '../time/interval.ts';
import { type AnswerForm, formsAskedFor } from './answer-form.ts';

/** A question, read once and used by candidate search and ranking alike. */
export interface Question {
  readonly text: string;
  /** Its stems, each once, in the order of the question: what an index is asked for. */
  readonly terms: readonly string[];
  /** The times that it names. */
  readonly intervals: readonly Interval[];
  readonly forms: readonly AnswerForm[];
}

/** Reads a question asked at `now` (milliseconds since 1970), from which `yesterday` and `last May` are counted. */
export const readQuestion = (text: string, { now }: { readonly now: number }): Question => ({
  text,
  terms: [...new Set(analyse(text))],
  intervals: intervalsIn(text, now),
  forms: formsAskedFor(text),
});
