import { words } from '../analysis/words.ts';
import type { Passage } from '../passage.ts';

/** Share of their words, of all that the two have, from which two passages say the same. */
const sameFrom = 0.9;

/** Remembers what was said, to find what says it again. */
export class Said {
  readonly #said: { readonly id: string; readonly words: ReadonlySet<string> }[] = [];

  /** The id of a passage that said the same; otherwise remembers this one. */
  sameAs({ id, text, caption = '' }: Passage): string | undefined {
    const all = `${text} ${caption}`;
    const found = words(all);
    // What has no words, such as a smile, is the same only where it is written the same.
    const own = new Set(found.length > 0 ? found : [all]);
    const same = this.#said.find((other) => overlap(own, other.words) >= sameFrom);
    if (!same) this.#said.push({ id, words: own });
    return same?.id;
  }
}

function overlap(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  // Sets of such different sizes cannot reach it: most pairs end here.
  const most = Math.min(one.size, other.size) / Math.max(one.size, other.size);
  if (most < sameFrom) return most;
  const both = [...one].filter((word) => other.has(word)).length;
  return both / (one.size + other.size - both);
}
