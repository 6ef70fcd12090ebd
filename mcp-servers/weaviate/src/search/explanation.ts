/** Weaviate explains a score in words; only numbers and the caller's own words are taken from it. */

export interface Explanation {
  /** Part of a hybrid score that words gave, after weighing. */
  readonly keyword?: number;
  /** Part of a hybrid score that vectors gave, after weighing. */
  readonly vector?: number;
  /** How often each word of the query is in the properties searched. */
  readonly words?: Readonly<Record<string, number>>;
}

const PART =
  /Result Set (keyword|vector)[^)]*\)[^:\n]*: original score -?[\d.e+-]+, normalized score: (-?[\d.]+(?:e[+-]?\d+)?)/g;
const WORD = /BM25F_([^\s,]{1,64})_frequency:(\d+)/g;

/** @param query the caller's: a word that is not in it is not told */
export function explanationOf(told: string | undefined, query: string | undefined): Explanation {
  if (told === undefined) return {};
  const parts: { keyword?: number; vector?: number } = {};
  for (const [, set, score] of told.matchAll(PART)) {
    if (set === 'keyword' || set === 'vector') parts[set] = Number(score);
  }
  const asked = (query ?? '').toLowerCase();
  const words = [...told.matchAll(WORD)].flatMap(([, word = '', count]) =>
    asked.includes(word.toLowerCase()) ? [[word, Number(count)] as const] : [],
  );
  return { ...parts, ...(words.length > 0 ? { words: Object.fromEntries(words) } : {}) };
}
