import type { Finding } from './finding.ts';
import { normalised } from './fingerprint.ts';

/** How long a recalled text is expected to come back, and how many of its pieces are kept in mind. */
const KEPT_MILLISECONDS = 6 * 3_600_000;
const MOST = 200_000;
/** Words in a row that two texts do not share by chance. */
const PIECE = 5;
/** Share of a text's pieces that must have been recalled for the text to be an echo. */
const SHARE = 0.6;

/**
 * Remembers what was handed out for prompts, so that it is not stored again as something new when an agent stores what it read.
 * Kept in memory: it catches the loop between one recall and the next writes, and needs no more.
 */
export class RecalledTexts {
  readonly #until = new Map<number, number>();
  readonly #most: number;

  /** @param most pieces kept in mind; the oldest are dropped first */
  constructor(most = MOST) {
    this.#most = most;
  }

  remember(tenant: string, texts: Iterable<string>, now: number): void {
    for (const text of texts) {
      for (const piece of pieces(tenant, text)) {
        this.#until.delete(piece);
        this.#until.set(piece, now + KEPT_MILLISECONDS);
      }
    }
    for (const [piece, until] of this.#until) {
      if (this.#until.size <= this.#most && until > now) break;
      this.#until.delete(piece);
    }
  }

  /** One finding, over all of the text, when most of it was recalled; a text of few words is said twice by chance. */
  echoesIn(tenant: string, text: string, now: number): Finding[] {
    if (this.#until.size === 0) return [];
    const all = pieces(tenant, text);
    const known = all.filter((piece) => (this.#until.get(piece) ?? 0) > now);
    if (known.length === 0 || known.length < SHARE * all.length) return [];
    return [{ danger: 'echo', rule: 'recalled', start: 0, end: text.length }];
  }

  forget(): void {
    this.#until.clear();
  }
}

/** A number for every five words in a row of a tenant's text. */
function pieces(tenant: string, text: string): number[] {
  const seed = halfOf(tenant, 0xdeadbeef);
  const words = normalised(text).split(' ');
  const first = words.map((word) => halfOf(word, seed));
  const second = words.map((word) => halfOf(word, ~seed));
  const found: number[] = [];
  for (let at = 0; at + PIECE <= words.length; at += 1)
    found.push(number(first, at) * 2097152 + (number(second, at) >>> 11));
  return found;
}

/** 32 bits of a few numbers in a row, in their order. */
function number(of: readonly number[], from: number): number {
  let all = 0x41c6ce57;
  for (let at = from; at < from + PIECE; at += 1) all = mixed(Math.imul(all, 2654435761) ^ (of[at] ?? 0));
  return all >>> 0;
}

/** 32 bits of a word. */
function halfOf(word: string, seed: number): number {
  let all = seed;
  for (let at = 0; at < word.length; at += 1) all = Math.imul(all ^ word.charCodeAt(at), 2654435761);
  return mixed(all);
}

const mixed = (bits: number): number => Math.imul(bits ^ (bits >>> 15), 2246822507) ^ (bits >>> 13);
