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
  const words = normalised(text).split(' ');
  const found: number[] = [];
  for (let at = 0; at + PIECE <= words.length; at += 1)
    found.push(hash(`${tenant}\n${words.slice(at, at + PIECE).join(' ')}`));
  return found;
}

/** 53 bits of a multiplicative hash: fast, and two of some 100,000 are hardly ever the same. */
function hash(text: string): number {
  let [one, other] = [0xdeadbeef, 0x41c6ce57];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    one = Math.imul(one ^ code, 2654435761);
    other = Math.imul(other ^ code, 1597334677);
  }
  one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(other ^ (other >>> 13), 3266489909);
  other = Math.imul(other ^ (other >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909);
  return 4294967296 * (2097151 & other) + (one >>> 0);
}
