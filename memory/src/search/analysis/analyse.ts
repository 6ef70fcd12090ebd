import type { Passage } from '../passage.ts';
import { stem } from './stem.ts';
import { stopWords } from './stop-words.ts';
import { words } from './words.ts';

/** What a text is about: the stems of its words in their order, without stop words. Texts and questions go through the same. */
export const analyse = (text: string): string[] =>
  words(text)
    .filter((word) => !stopWords.has(word))
    .map(stem);

/** The stems that an index holds of a passage: whoever said it, the text, the caption. */
export const indexedStems = ({ speaker, text, caption }: Passage): string[] =>
  [speaker, text, caption].flatMap((field) => (field === undefined ? [] : analyse(field)));
