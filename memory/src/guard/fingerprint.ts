import { createHash } from 'node:crypto';

/** What two texts have in common that differ in case, spaces, punctuation and accents only. */
export function normalised(text: string): string {
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
  return createHash('sha256')
    .update(words === '' ? text : words)
    .digest('hex')
    .slice(0, 32);
}
