/** A piece of text that is searched: a message of a session, a memory, a fact. */
export interface Passage {
  /** Unique among the passages that are searched together. */
  readonly id: string;
  readonly text: string;
  /** Who said it; a question that names somebody prefers what they said. */
  readonly speaker?: string;
  /** What a picture that came with the text shows, in words. */
  readonly caption?: string;
  /** Milliseconds since 1970: when it was said, or when what it tells of happened. */
  readonly at?: number;
  /** 0 to 1. @default 0.5 */
  readonly importance?: number;
  /** The session, or any other sequence, that it is a part of: its neighbours there tell what it is about. */
  readonly thread?: string;
  /** Its place in the thread; the next one has this plus 1. */
  readonly sequence?: number;
  /** Cosine similarity to the question, -1 to 1. @default not known: no vector was compared */
  readonly similarity?: number;
}

/** How common words are where the passages come from. */
export interface TermStatistics {
  /** Passages in all. */
  readonly documents: number;
  /** Stems of a passage, on average. */
  readonly averageLength: number;
  /** Passages that have the stem; a stem that is absent is in none. */
  readonly frequency: ReadonlyMap<string, number>;
}

/** The words of a passage. */
export interface PassageText {
  readonly text: string;
  readonly speaker?: string | undefined;
  readonly caption?: string | undefined;
}

/** What an embedder is given of a passage. Who said it is a part of what it means, and a sentence is what models are trained on. */
export const textToEmbed = ({ speaker, text, caption }: PassageText): string =>
  [speaker === undefined ? '' : `${speaker} said:`, text, caption ?? ''].filter((part) => part !== '').join(' ');
