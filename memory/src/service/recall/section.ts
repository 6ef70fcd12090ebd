import type * as z from 'zod';
import type { block, contextTrace } from '../../api/search.ts';
import { fenced } from '../../guard/fence.ts';
import { countTokens, type Encoding } from './tokens.ts';

export type Trace = z.output<typeof contextTrace>;
export type Block = z.output<typeof block>;

/** Something that may stand in a section. */
export interface Item {
  readonly id: string;
  readonly line: string;
  /** Where it stands among those that are in. */
  readonly order: number;
  readonly why: string;
}

/** A part of the context, filled with items, the most wanted first, as long as its fenced text fits. */
export class Section {
  readonly name: Block['section'];
  readonly #encoding: Encoding;
  readonly #title: Readonly<Record<string, string>>;
  readonly #included: Item[] = [];
  readonly #cut: { readonly item: Item; readonly why: string }[] = [];
  #tokens = 0;

  constructor(name: Block['section'], encoding: Encoding, title: Readonly<Record<string, string>>) {
    this.name = name;
    this.#encoding = encoding;
    this.#title = title;
  }

  /** Takes what fits, and says of the rest why it is cut. Lines are counted once each, and the whole exactly at the end. */
  fill(items: readonly Item[], budget: number): void {
    let sum = countTokens(this.#text(this.#included), this.#encoding);
    for (const item of items) {
      const tokens = countTokens(`${item.line}\n`, this.#encoding);
      if (sum + tokens <= budget) {
        sum += tokens;
        this.#included.push(item);
      } else {
        const over = `It has ${tokens} tokens, and ${Math.max(0, budget - sum)} of the section's ${budget} are left.`;
        this.#cut.push({ item, why: budget <= 0 ? 'The section has no share of the budget.' : over });
      }
    }
    this.#tokens = this.#count(this.#included);
    while (this.#tokens > budget && this.drop('With it the section would be longer than its budget.'));
  }

  /** Tries what was cut again, with tokens that other sections left. */
  refill(more: number): void {
    const again = this.#cut.splice(0).map(({ item }) => item);
    this.fill(again, this.#tokens + more);
  }

  /** Takes the least wanted item out again; false where there is none. */
  drop(why: string): boolean {
    const item = this.#included.pop();
    if (item === undefined) return false;
    this.#cut.unshift({ item, why });
    this.#tokens = this.#count(this.#included);
    return true;
  }

  get tokens(): number {
    return this.#tokens;
  }

  get block(): Block | undefined {
    if (this.#included.length === 0) return undefined;
    return { section: this.name, text: this.#text(this.#included), tokens: this.#tokens };
  }

  get trace(): Trace[] {
    const of = ({ id, line }: Item) => ({ id, section: this.name, tokens: countTokens(line, this.#encoding) });
    return [
      ...this.#included.map((item) => ({ ...of(item), included: true, why: item.why })),
      ...this.#cut.map(({ item, why }) => ({ ...of(item), included: false, why })),
    ];
  }

  #count(items: readonly Item[]): number {
    return items.length === 0 ? 0 : countTokens(this.#text(items), this.#encoding);
  }

  #text(items: readonly Item[]): string {
    const lines = items.toSorted((one, other) => one.order - other.order).map(({ line }) => line);
    return fenced(lines.join('\n'), this.#title);
  }
}
