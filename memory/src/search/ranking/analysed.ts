import { analyse } from '../analysis/analyse.ts';
import type { Passage } from '../passage.ts';

/** A caption describes a picture that somebody did not describe: its words count for less than those that were said. */
const captionWeight = 0.6;

/** A passage, read once. */
export interface AnalysedPassage {
  readonly passage: Passage;
  /** How often it has each stem in text and caption; words of the caption count for less. */
  readonly counts: ReadonlyMap<string, number>;
  /** Stems of speaker, text and caption together. */
  readonly length: number;
  /** Stems of the speaker's name. */
  readonly speaker: readonly string[];
  /** It has a question, which its neighbours may answer. */
  readonly asks: boolean;
  /** 0 to 1: how much it tells by itself. */
  readonly substance: number;
}

const firstPerson = /\b(?:i|my|me|we|our|us|mine|i['’](?:m|ve|d|ll)|we['’](?:re|ve|d|ll))\b/i;

export function analysePassage(passage: Passage): AnalysedPassage {
  const text = analyse(passage.text);
  const caption = passage.caption === undefined ? [] : analyse(passage.caption);
  const speaker = passage.speaker === undefined ? [] : analyse(passage.speaker);
  const counts = new Map<string, number>();
  for (const term of text) counts.set(term, (counts.get(term) ?? 0) + 1);
  for (const term of caption) counts.set(term, (counts.get(term) ?? 0) + captionWeight);
  return {
    passage,
    counts,
    length: speaker.length + text.length + caption.length,
    speaker,
    asks: passage.text.includes('?'),
    substance: substance(passage.text, text.length),
  };
}

/** Greetings and questions seldom hold what is looked for; long statements of somebody about themselves often do. */
function substance(text: string, stems: number): number {
  const long = stems / (stems + 12);
  return 0.4 * long + 0.3 * (/\?\s*$/.test(text) ? 0 : 1) + 0.3 * (firstPerson.test(text) ? 1 : 0);
}
