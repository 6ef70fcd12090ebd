/** What a model is given to answer from: the best passages, each once and with a number to cite, within tokens never passed. */

import type { CountTokens } from '@ai-orchestra/mcp-kit';
import { Said } from './duplicates.ts';
import { plain } from './plain.ts';

export interface Passage {
  readonly id: string;
  readonly score: number;
  readonly text: string;
}

export interface Citation {
  /** As it is written before its passage: 1 is `[1]`. */
  readonly number: number;
  readonly id: string;
  readonly score: number;
  /** The passage goes on; only its beginning had room. */
  readonly cut: boolean;
  readonly text: string;
}

export interface LeftOut {
  readonly id: string;
  readonly why: 'duplicate' | 'no room' | 'empty';
  /** The passage that says the same. */
  readonly of?: string;
}

export interface Pack {
  readonly text: string;
  /** Of the text as a whole. */
  readonly tokens: number;
  readonly citations: readonly Citation[];
  readonly leftOut: readonly LeftOut[];
}

/** A beginning of fewer tokens says too little to be cited. */
const LEAST = 40;

/** @param passages best first */
export function pack(passages: readonly Passage[], maxTokens: number, tokensOf: CountTokens): Pack {
  const said = new Said();
  const citations: Citation[] = [];
  const leftOut: LeftOut[] = [];
  let [text, tokens] = ['', 0];
  for (const { id, score, text: given } of passages) {
    const passage = plain(given);
    const of = passage === '' ? undefined : said.sameAs(id, passage);
    if (passage === '' || of !== undefined) {
      leftOut.push(of === undefined ? { id, why: 'empty' } : { id, why: 'duplicate', of });
      continue;
    }
    const number = citations.length + 1;
    // The whole is counted each time: tokens may begin in one passage and end in the next.
    const withPassage = (part: string) => `${text}${text === '' ? '' : '\n\n'}[${number}] ${part}`;
    const whole = tokensOf(withPassage(passage));
    if (whole <= maxTokens) {
      [text, tokens] = [withPassage(passage), whole];
      citations.push({ number, id, score, cut: false, text: passage });
      continue;
    }
    const part = beginning(passage, (one) => tokensOf(withPassage(one)) <= maxTokens);
    if (part === undefined || tokensOf(part) < LEAST) {
      leftOut.push({ id, why: 'no room' });
      continue;
    }
    text = withPassage(part);
    tokens = tokensOf(text);
    citations.push({ number, id, score, cut: true, text: part });
  }
  return { text, tokens, citations, leftOut };
}

/** The longest beginning that fits and ends with a sentence, or else with a word. */
function beginning(text: string, fits: (part: string) => boolean): string | undefined {
  const ends = (pattern: RegExp) => [...text.matchAll(pattern)].map((match) => match.index + match[0].length);
  const longest = (all: readonly number[]) => {
    let [low, high] = [0, all.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (fits(`${text.slice(0, all[middle]).trimEnd()} …`)) low = middle + 1;
      else high = middle;
    }
    const end = all[low - 1];
    return end === undefined ? undefined : `${text.slice(0, end).trimEnd()} …`;
  };
  return longest(ends(/[.!?。](?=\s)/gu)) ?? longest(ends(/\S(?=\s)/gu));
}
