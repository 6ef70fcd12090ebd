import { fenced } from '../../guard/fence.ts';
import { assemble } from '../../search/context/assemble.ts';
import type { RankedDocument } from './search.ts';
import type { Block, Trace } from './section.ts';
import { countTokens, type Encoding } from './tokens.ts';

const TITLE = { section: 'memories' };

/** What was recalled: the best that fits, in the order of time, each said once. */
export class MemoriesSection {
  readonly name = 'memories';
  readonly #hits: readonly RankedDocument[];
  readonly #tokensOf: (text: string) => number;
  #text = '';
  #tokens = 0;
  #trace: readonly Trace[] = [];

  constructor(hits: readonly RankedDocument[], encoding: Encoding) {
    this.#hits = hits;
    this.#tokensOf = (text) => countTokens(text, encoding);
  }

  /** Fills it anew, with its fence within the budget. */
  fill(budget: number): void {
    const tokensOf = this.#tokensOf;
    let room = budget - tokensOf(fenced('', TITLE));
    for (;;) {
      const { text, included, dropped } = assemble(this.#hits, { maxTokens: Math.max(0, room), tokensOf });
      this.#text = text === '' ? '' : fenced(text, TITLE);
      this.#tokens = text === '' ? 0 : tokensOf(this.#text);
      this.#trace = [
        ...included.map(({ id, rank, tokens, score, parts }) =>
          traced(id, { tokens, score, parts, included: true, why: `Number ${rank} of what answers the question.` }),
        ),
        ...dropped.map(({ id, rank, score, why, of = '', tokens = 0 }) => {
          const cut =
            why === 'duplicate'
              ? `It says what ${idOf(of)} says.`
              : `Number ${rank}: its ${tokens} tokens are more than are left.`;
          return traced(id, { tokens, score, included: false, why: cut });
        }),
      ];
      if (this.#tokens <= budget) return;
      room -= this.#tokens - budget;
    }
  }

  get tokens(): number {
    return this.#tokens;
  }

  get block(): Block | undefined {
    return this.#text === '' ? undefined : { section: this.name, text: this.#text, tokens: this.#tokens };
  }

  get trace(): readonly Trace[] {
    return this.#trace;
  }
}

function traced(passage: string, more: Omit<Trace, 'id' | 'section' | 'parts'> & { readonly parts?: object }): Trace {
  const { parts, ...rest } = more;
  return { id: idOf(passage), section: 'memories', ...rest, ...(parts && { parts: { ...parts } }) };
}

/** A passage is named by the kind and the id of its document. */
function idOf(passage: string): string {
  return passage.slice(passage.indexOf(' ') + 1);
}
