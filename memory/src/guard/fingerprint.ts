import { hash } from 'node:crypto';

const plain = /^[\0-\x7f]*$/;

/** What two texts have in common that differ in case, spaces, punctuation and accents only. */
export function normalised(text: string): string {
  // Most texts have nothing to decompose, and Unicode's classes take ten times as long.
  if (plain.test(text))
    return text
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, ' ')
      .trim();
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** The same for texts that say the same with the same words. 128 bits, hexadecimal. */
export function fingerprint(text: string): string {
  // A text of signs only has no words to be told apart by.
  const words = normalised(text);
  return hash('sha256', words === '' ? text : words).slice(0, 32);
}
