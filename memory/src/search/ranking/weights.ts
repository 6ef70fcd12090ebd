/** What a score is made of. Each part is a signal from 0 to 1, times its weight. */
export const parts = [
  /** The question's words are in the passage, the rare ones counting most (BM25). */
  'lexical',
  /** The passage is near in meaning, by its vector and those beside it. */
  'vector',
  /** What was said just before and after it has the question's words; most of all a question that it answers. */
  'context',
  /** Its session has passages with the question's words. */
  'thread',
  /** Somebody whom the question names said it. */
  'speaker',
  /** It is of, or tells of, the time that the question names. */
  'time',
  /** It has what the question asks for: a time for `when`, a place for `where`. */
  'answer',
  /** It tells something: neither a greeting nor a question. */
  'substance',
  /** It is new. */
  'recency',
  /** It was said to be important. */
  'importance',
] as const;

export type Part = (typeof parts)[number];
export type Parts = Readonly<Record<Part, number>>;

/**
 * What each part is worth. They sum to 1, so that a score is from 0 to 1; without vectors, to 0.8. Round figures near those that order conversations best:
 * leaving any one conversation out changes them little, and twice or half of any costs at most some 1.3 points of recall at 10.
 */
export const weights: Parts = {
  lexical: 0.15,
  vector: 0.2,
  context: 0.26,
  thread: 0.11,
  speaker: 0.02,
  time: 0.1,
  answer: 0.06,
  substance: 0.07,
  recency: 0.01,
  importance: 0.02,
};
