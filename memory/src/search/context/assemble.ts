/** The context of a prompt: the best of what was found, within a number of tokens that is never passed. */
import type { Hit } from '../ranking/rank.ts';
import type { Parts } from '../ranking/weights.ts';
import { Said } from './duplicates.ts';
import { chronological, heading, line, render } from './render.ts';
import { countTokens } from './tokens.ts';

export interface ContextOptions {
  /** Tokens that the text may have, 0 or more. */
  readonly maxTokens: number;
  /** Exact tokens of a text, in the encoding of the model that reads it. @default countTokens (o200k_base) */
  readonly tokensOf?: (text: string) => number;
}

export interface Included {
  readonly id: string;
  /** Its place among the hits, from 1. */
  readonly rank: number;
  readonly score: number;
  readonly parts: Parts;
  /** Tokens of its own line. */
  readonly tokens: number;
}

export interface Dropped {
  readonly id: string;
  readonly rank: number;
  readonly score: number;
  /** `duplicate`: `of` says the same and is better; `no room`: its line does not fit into what is left. */
  readonly why: 'duplicate' | 'no room';
  /** The passage that says the same. */
  readonly of?: string;
  /** Tokens of its own line, where it had no room. */
  readonly tokens?: number;
}

export interface Context {
  /** A line for each passage in the order of time, below a line for each day; empty when nothing fits. */
  readonly text: string;
  /** Tokens of the text as a whole: at most what was allowed. */
  readonly tokens: number;
  /** In the order of the text. */
  readonly included: readonly Included[];
  /** Best first. */
  readonly dropped: readonly Dropped[];
}

/**
 * Takes the hits, best first, as long as they fit; a long one that does not fit leaves its room to shorter ones after it. The same hits
 * and options give the same bytes.
 * @throws RangeError when maxTokens is no number from 0 on
 */
export function assemble(hits: readonly Hit[], { maxTokens, tokensOf = countTokens }: ContextOptions): Context {
  if (!(maxTokens >= 0)) throw new RangeError(`maxTokens ${maxTokens}: give a number of tokens, 0 or more`);
  const { fitting, dropped } = choose(hits, maxTokens, tokensOf);
  // Tokens of a whole can be some more or fewer than those of its lines: the worst go until the whole fits.
  for (;;) {
    const text = render(fitting.map(({ hit }) => hit.passage));
    const tokens = tokensOf(text);
    const last = tokens > maxTokens ? fitting.pop() : undefined;
    if (!last) return { text, tokens, included: trace(fitting), dropped: dropped.toSorted((a, b) => a.rank - b.rank) };
    dropped.push(noRoom(last));
  }
}

/** A hit with its place and the tokens of its line. */
interface Measured {
  readonly hit: Hit;
  readonly rank: number;
  readonly tokens: number;
}

function choose(hits: readonly Hit[], maxTokens: number, tokensOf: (text: string) => number) {
  const said = new Said();
  const headings = new Set<string>();
  const fitting: Measured[] = [];
  const dropped: Dropped[] = [];
  let left = maxTokens;
  for (const [index, hit] of hits.entries()) {
    const rank = index + 1;
    const of = said.sameAs(hit.passage);
    if (of !== undefined) {
      dropped.push({ id: hit.passage.id, rank, score: hit.score, why: 'duplicate', of });
      continue;
    }
    const above = heading(hit.passage);
    const tokens = tokensOf(line(hit.passage));
    const needed = tokens + (headings.has(above) ? 0 : tokensOf(above));
    if (needed > left) dropped.push(noRoom({ hit, rank, tokens }));
    else {
      left -= needed;
      headings.add(above);
      fitting.push({ hit, rank, tokens });
    }
  }
  return { fitting, dropped };
}

const noRoom = ({ hit: { passage, score }, rank, tokens }: Measured): Dropped => ({
  id: passage.id,
  rank,
  score,
  why: 'no room',
  tokens,
});

const trace = (fitting: readonly Measured[]): Included[] =>
  fitting
    .toSorted((one, other) => chronological(one.hit.passage, other.hit.passage))
    .map(({ hit: { passage, score, parts }, rank, tokens }) => ({ id: passage.id, rank, score, parts, tokens }));
