/** Finds passages that say what was said already: the same text, a copy with small changes, or a part of it. */

/** Share of the three-word sequences of the shorter that the other has, too, from which the two say the same. */
const SAME_FROM = 0.85;
const SEQUENCE = 3;

export class Said {
  readonly #said: { readonly id: string; readonly sequences: ReadonlySet<string> }[] = [];

  /** The id of a passage that said it; otherwise remembers this one. */
  sameAs(id: string, text: string): string | undefined {
    const sequences = sequencesOf(text);
    const same = this.#said.find((other) => shared(sequences, other.sequences) >= SAME_FROM);
    if (same === undefined) this.#said.push({ id, sequences });
    return same?.id;
  }
}

function sequencesOf(text: string): ReadonlySet<string> {
  const words =
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  // Of few words all, of none the text as it is written: a smile is the same as a smile.
  if (words.length < SEQUENCE) return new Set([words.length === 0 ? text : words.join(' ')]);
  return new Set(words.slice(SEQUENCE - 1).map((_, index) => words.slice(index, index + SEQUENCE).join(' ')));
}

function shared(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const [short, long] = one.size <= other.size ? [one, other] : [other, one];
  let both = 0;
  for (const sequence of short) if (long.has(sequence)) both += 1;
  return both / short.size;
}
