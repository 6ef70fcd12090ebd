/** The peer: BM25 over single turns as a careful engineer prepares it in an afternoon (speaker, text and caption; stop words; suffixes). */
import type { Passage } from '../../memory/src/search/passage.ts';
import type { Hit } from '../../memory/src/search/ranking/rank.ts';
import { type Parts, parts } from '../../memory/src/search/ranking/weights.ts';

const k1 = 1.2;
const b = 0.75;
const stopWords = new Set(
  (
    'a an and are as at be been but by can could did do does for from had has have he her hers him his how i if in into is it its ' +
    'me my of on or our she should so some that the their them then there these they this those to too us was we were what when ' +
    'where which while who whom whose why will with would you your'
  ).split(' '),
);

function stem(word: string): string {
  if (word.length > 5 && word.endsWith('ing')) return word.slice(0, -3);
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (word.length > 4 && (word.endsWith('ed') || word.endsWith('es'))) return word.slice(0, -2);
  if (word.length > 3 && word.endsWith('s') && !word.endsWith('ss')) return word.slice(0, -1);
  if (word.length > 4 && word.endsWith('e')) return word.slice(0, -1);
  return word;
}

const tokens = (text: string) =>
  (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => !stopWords.has(word)).map(stem);

/** The parts of a score that only one thing went into. */
export const onePart = (part: 'lexical' | 'vector', score: number): Parts =>
  Object.fromEntries(parts.map((name) => [name, name === part ? score : 0])) as Parts;

/** Searches the passages by BM25 alone. */
export function bm25(passages: readonly Passage[]): (question: string, limit: number) => Hit[] {
  const documents = passages.map((passage) => {
    const counts = new Map<string, number>();
    const all = tokens(`${passage.speaker ?? ''} ${passage.text} ${passage.caption ?? ''}`);
    for (const token of all) counts.set(token, (counts.get(token) ?? 0) + 1);
    return { passage, counts, length: all.length };
  });
  const frequency = new Map<string, number>();
  for (const { counts } of documents)
    for (const token of counts.keys()) frequency.set(token, (frequency.get(token) ?? 0) + 1);
  const average = documents.reduce((sum, { length }) => sum + length, 0) / documents.length;
  const worth = (token: string) => {
    const having = frequency.get(token) ?? 0;
    return Math.log(1 + (documents.length - having + 0.5) / (having + 0.5));
  };
  return (question, limit) => {
    const asked = [...new Set(tokens(question))];
    return documents
      .map(({ passage, counts, length }) => {
        const score = asked.reduce((sum, token) => {
          const count = counts.get(token) ?? 0;
          return sum + (worth(token) * count * (k1 + 1)) / (count + k1 * (1 - b + (b * length) / average));
        }, 0);
        return { passage, score, parts: onePart('lexical', score) };
      })
      .toSorted((one, other) => other.score - one.score)
      .slice(0, limit);
  };
}
