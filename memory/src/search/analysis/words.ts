/** Scripts that put no space between words: their runs become pairs of neighbouring characters, the same at every release of ICU. */
const unspaced = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;
const word = /[\p{L}\p{M}\p{N}]+/gu;
const possessive = /['’]s(?![\p{L}\p{N}])/gu;
const apostrophe = /['’]/g;
/** Accents of Latin, Greek and Cyrillic letters, once letters are decomposed; vowel signs of other scripts are not among them. */
const accent = /[\u0300-\u036f]/g;

/** One spelling for what a reader takes as the same: lower case, no accents, full-width forms made narrow. */
export const fold = (text: string): string => text.normalize('NFKD').replace(accent, '').normalize('NFC').toLowerCase();

/** The words of a text in their order, folded; `Anna's` is `anna`, `don't` is `dont`. */
export function words(text: string): string[] {
  const found = fold(text).replace(possessive, '').replace(apostrophe, '').match(word) ?? [];
  return found.some((one) => unspaced.test(one)) ? found.flatMap(split) : found;
}

function split(run: string): string[] {
  if (!unspaced.test(run)) return [run];
  const characters = [...run];
  if (characters.length < 2) return characters;
  return characters.slice(1).map((character, index) => `${characters[index]}${character}`);
}
