import type { Call } from '@ai-orchestra/mcp-kit';
import type { Reach } from '../service/reach.ts';

export const sourceNames = ['memory', 'mongodb', 'weaviate'] as const;
export type SourceName = (typeof sourceNames)[number];

export interface Question {
  readonly query: string;
  /** Results that each source is asked for. */
  readonly limit: number;
  readonly subject?: string;
  readonly namespace?: string;
  /** Of Weaviate. */
  readonly collection?: string;
}

/** One result of a source, in its order. */
export interface Line {
  readonly text: string;
  /** Where exactly it is from, such as `weaviate: Articles 8a1c…`. */
  readonly from: string;
}

export interface Finding {
  readonly lines: readonly Line[];
  /** What the reader should know of it, such as a tier that did not answer. */
  readonly note?: string;
}

export interface Asking {
  readonly call: Call;
  readonly reach: Reach;
  /** Ends with the call, or when the source is late. */
  readonly signal: AbortSignal;
}

export interface Source {
  readonly name: SourceName;
  /** @throws {Missing} and anything else, which is told as a source that does not answer */
  find(question: Question, asking: Asking): Promise<Finding>;
}

/** A source that gives nothing, and why: fixed words, as they go to a model. */
export class Missing extends Error {
  override readonly name = 'Missing';
}
