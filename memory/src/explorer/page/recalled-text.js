import { element } from './dom.js';

/**
 * What steers text without being seen: controls, directions, tags, things of no width. Joiners (U+200C, U+200D) are not among
 * them, as writing and emoji need them, nor are signs of Arabic and Syriac numbers, which are seen.
 */
const UNSEEN = /[[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]--[\t\n\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u200c\u200d]]/gv;

/**
 * Text from outside as text, whatever is in it: no markup of it counts, its direction stays within it, and what could not be seen
 * is shown by its number.
 * @param {string} text
 */
export function recalledText(text) {
  const shown = element('bdi', { class: 'recalled', dir: 'auto' });
  let from = 0;
  for (const { 0: found, index } of text.matchAll(UNSEEN)) {
    shown.append(text.slice(from, index), unseen(found));
    from = index + found.length;
  }
  shown.append(text.slice(from));
  return shown;
}

/** @param {string} character */
function unseen(character) {
  const number = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return element('span', { class: 'unseen-character', title: 'A character that cannot be seen' }, `U+${number}`);
}
