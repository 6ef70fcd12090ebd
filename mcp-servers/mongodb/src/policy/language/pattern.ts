/** Regular expressions that cannot take long on any text. */
import safeRegex from 'safe-regex2';

/** Longest pattern, in characters. */
export const LONGEST_PATTERN = 200;
/** Repetitions without an end, such as `.*`: with each the time grows by the length of the text. */
const MOST_UNBOUNDED = 2;
/** Greatest count in `{n,m}`. */
const MOST_REPEATED = 100;

/** Why a pattern may not be used; undefined where it may. */
export function patternMistake(pattern: string): string | undefined {
  if (pattern.length > LONGEST_PATTERN) return `it has more than ${LONGEST_PATTERN} characters`;
  if (pattern.includes('\0')) return 'it has a NUL character';
  return structureMistake(pattern) ?? (safeRegex(pattern) ? undefined : 'it is not valid, or repeats a repetition');
}

/** `*`, `+`, `?`, `{2}`, `{2,}`, `{2,5}`, `{,5}`, each also lazy. */
const repeats = /^(?:[*+?]|\{\d+(?:,\d*)?\}|\{,\d+\})\??/;

/** Reads it once from left to right. What repeats must be one character or class: a group that repeats can be tried in many ways. */
function structureMistake(pattern: string): string | undefined {
  let unbounded = 0;
  for (let at = 0; at < pattern.length; ) {
    const rest = pattern.slice(at);
    if (repeats.test(rest)) return 'it repeats nothing';
    const [piece = '', escaped] = /^(?:\\(.?)|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?.?.?|.)/s.exec(rest) ?? [];
    if (escaped !== undefined && /[1-9kgQEKRXC]/.test(escaped))
      return 'it has a back reference or another escape that is not taken';
    if (piece.startsWith('(?') && piece.slice(0, 3) !== '(?:') return 'it looks around, or sets options within';
    at += piece.startsWith('(?') ? 3 : piece.length;
    const [repetition = ''] = repeats.exec(pattern.slice(at)) ?? [];
    if (repetition === '') continue;
    if (/^(?:[|^$(]|\(\?:|\\[bBAzZ])$/.test(piece)) return 'it repeats nothing';
    if (piece === ')' && !repetition.startsWith('?')) return 'a group repeats';
    const counts = (repetition.match(/\d+/g) ?? []).map(Number);
    if (counts.some((count) => count > MOST_REPEATED)) return `it repeats more than ${MOST_REPEATED} times`;
    if (/^[*+]|^\{\d*,\}/.test(repetition)) unbounded++;
    if (unbounded > MOST_UNBOUNDED) return `it has more than ${MOST_UNBOUNDED} repetitions without an end`;
    at += repetition.length;
  }
  return undefined;
}
