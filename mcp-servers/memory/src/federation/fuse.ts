import type { Line, SourceName } from './source.ts';

export interface FusedLine {
  readonly text: string;
  /** Of every source that has it, the best first. */
  readonly from: readonly string[];
  readonly sources: readonly SourceName[];
  readonly score: number;
}

/** Cormack, Clarke and Büttcher (SIGIR 2009): with 60, no source's first few outweigh what two sources agree on. */
const K = 60;

/** Reciprocal rank fusion: what stands high in several lists stands high. Scores of different sources cannot be compared; ranks can. */
export function fuse(lists: ReadonlyMap<SourceName, readonly Line[]>): FusedLine[] {
  const fused = new Map<string, FusedLine>();
  for (const [source, lines] of lists) {
    const seen = new Set<string>();
    for (const [index, { text, from }] of lines.entries()) {
      const key = sameWords(text);
      const known = fused.get(key) ?? { text, from: [], sources: [], score: 0 };
      // A list that says it twice says it where it says it first.
      const counts = !seen.has(key);
      seen.add(key);
      fused.set(key, {
        text: known.text,
        from: known.from.includes(from) ? known.from : [...known.from, from],
        sources: counts ? [...known.sources, source] : known.sources,
        score: known.score + (counts ? 1 / (K + index + 1) : 0),
      });
    }
  }
  // The sort is stable: of equals, the sources' own order decides.
  return [...fused.values()].sort((one, other) => other.score - one.score);
}

function sameWords(text: string): string {
  const words = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  return words === '' ? text : words;
}
