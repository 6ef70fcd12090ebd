/** A question, cut into tokens. */

export interface Token {
  /** A `sign` is no punctuation: it says something that no rule knows. */
  readonly kind: 'word' | 'number' | 'quoted' | 'sign' | 'comma' | 'stop';
  /** As written, without quotation marks. */
  readonly text: string;
  readonly lower: string;
  readonly start: number;
  readonly end: number;
}

const contractions: readonly (readonly [RegExp, string])[] = [
  [/[\u2018\u2019\u02bc]/g, "'"],
  [/[\u201c\u201d]/g, '"'],
  [/\b(do|does|did|is|are|was|were|has|have|had|could|should|would)n't\b/gi, '$1 not'],
  [/\bcan't\b|\bcannot\b/gi, 'can not'],
  [/\bwon't\b/gi, 'will not'],
  [/\b(what|who|where|which|that|there|it)'s\b/gi, '$1 is'],
  [/\b(you|they|we)'re\b/gi, '$1 are'],
  [/(?<=[\w"'\s])>=(?=[\s\w"'-])/g, ' at least '],
  [/(?<=[\w"'\s])<=(?=[\s\w"'-])/g, ' at most '],
  [/(?<=[\w"'\s])(?:!=|<>)(?=[\s\w"'-])/g, ' not equal to '],
  [/(?<=[\w"'\s])>(?=[\s\w"'-])/g, ' greater than '],
  [/(?<=[\w"'\s])<(?=[\s\w"'-])/g, ' less than '],
  [/(?<=[\w"'\s])={1,2}(?=[\s\w"'-])/g, ' equal to '],
  [/\s&\s/g, ' and '],
];

/** Straight quotation marks, and no contractions. */
export function plainText(question: string): string {
  return contractions.reduce((text, [pattern, by]) => text.replace(pattern, by), question.normalize('NFC'));
}

const token =
  /"([^"]{1,200})"|(?<![\p{L}\p{N}])'([^']{1,200})'(?![\p{L}\p{N}])|(?<![\p{L}\p{N}])(-?\d+(?:,\d{3})+(?:\.\d+)?|-?\d+(?:\.\d+)?)(?![\p{L}\p{N}])|('s)\b|([\p{L}\p{N}]+)|([%+*^~|<>=#@{}[\]\\])|([,;:])|([.?!])/gu;

/** Cuts a text; hyphens, brackets and the like separate words. */
export function tokens(text: string): Token[] {
  const found: Token[] = [];
  for (const match of text.matchAll(token)) {
    const [whole, double, single, number, possessive, word, sign, comma] = match;
    const place = { start: match.index, end: match.index + whole.length };
    const quoted = (double ?? single)?.trim().replace(/(?<=\p{L})[.,!?]$/u, '');
    if (quoted !== undefined) found.push({ kind: 'quoted', text: quoted, lower: quoted.toLowerCase(), ...place });
    else if (number !== undefined) {
      const digits = number.replaceAll(',', '');
      found.push({ kind: 'number', text: digits, lower: digits, ...place });
    } else if (possessive !== undefined) found.push({ kind: 'word', text: "'s", lower: "'s", ...place });
    else if (word !== undefined) found.push({ kind: 'word', text: word, lower: word.toLowerCase(), ...place });
    else if (sign !== undefined) found.push({ kind: 'sign', text: sign, lower: sign, ...place });
    else found.push({ kind: comma !== undefined ? 'comma' : 'stop', text: whole, lower: whole, ...place });
  }
  return found;
}
