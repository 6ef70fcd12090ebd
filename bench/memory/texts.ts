/** Memories made up with the proportions of natural language: words and people by Zipf's law, the same for the same seed. */

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Ranks from 0 to below `ranks`, the first drawn most often: the n-th with a share in proportion to 1/n. */
export function zipf(ranks: number, next: () => number): () => number {
  const cumulated = new Float64Array(ranks);
  let sum = 0;
  for (let rank = 0; rank < ranks; rank++) {
    sum += 1 / (rank + 1);
    cumulated[rank] = sum;
  }
  return () => {
    const wanted = next() * sum;
    let [low, high] = [0, ranks - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((cumulated[middle] ?? 0) < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

/** Words of a language of conversations; the rarest stand once in some ten million. */
const VOCABULARY = 30_000;
/** Words of a memory. */
const [SHORTEST, LONGEST] = [6, 26];
const syllables = [
  'ba',
  'ren',
  'to',
  'li',
  'kor',
  'mes',
  'du',
  'vin',
  'sa',
  'pol',
  'ga',
  'tri',
  'no',
  'fel',
  'hu',
  'ket',
];

/** A pronounceable word for each rank; the most frequent are the shortest, as in every language. */
function word(rank: number): string {
  let [text, rest] = ['', rank + 1];
  for (; rest > 0; rest = Math.floor(rest / syllables.length)) text += syllables[rest % syllables.length];
  return text;
}

const vocabulary = Array.from({ length: VOCABULARY }, (_, rank) => word(rank));

export interface Generated {
  readonly text: string;
  /** Of a thousand; the first has most memories. */
  readonly subject: number;
}

export const SUBJECTS = 1000;
export const subjectName = (subject: number): string => `subject-${subject}`;

/** Memories without end. */
export function* memories(seed: number): Generator<Generated, never> {
  const next = random(seed);
  const words = zipf(VOCABULARY, next);
  const subjects = zipf(SUBJECTS, next);
  for (;;) {
    const length = SHORTEST + Math.floor(next() * (LONGEST - SHORTEST + 1));
    const text = Array.from({ length }, () => vocabulary[words()]).join(' ');
    yield { text, subject: subjects() };
  }
}

/** Questions of a few words of the same language, each about a subject. */
export function questions(seed: number, count: number): readonly Generated[] {
  const next = random(seed);
  const words = zipf(VOCABULARY, next);
  const subjects = zipf(SUBJECTS, next);
  return Array.from({ length: count }, () => {
    const length = 3 + Math.floor(next() * 5);
    return { text: Array.from({ length }, () => vocabulary[words()]).join(' '), subject: subjects() };
  });
}
