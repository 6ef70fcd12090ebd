/**
 * Cascaded rewriting: the question is a line of words and symbols, and each rule replaces a stretch of it by one symbol for what
 * the stretch means. Symbols are a letter and a number: E entity, F field, X either, V value, N number, D time, T text,
 * A superlative, B comparative; C condition, M measure, O order, L limit, G group, S superlative with its field.
 */

import type { Part } from '../link.ts';
import type { AdjectiveTerm, Literal, Mention, Term } from '../terms.ts';
import type {
  SketchCondition,
  SketchGroup,
  SketchLimit,
  SketchMeasure,
  SketchOrder,
  SketchSuperlative,
} from './sketch.ts';

export type Node =
  | Term
  | SketchMeasure
  | SketchOrder
  | SketchSuperlative
  | SketchGroup
  | SketchLimit
  | { readonly kind: 'condition'; readonly condition: SketchCondition };

/** What a rule puts in place of what it matched: a symbol, words, or undefined to leave it as it is. */
export type Replacement = string | undefined;
export type Handler = (line: Line, groups: readonly string[]) => Replacement;

export interface Rule {
  readonly pattern: RegExp;
  readonly handler: Handler;
  /** Letters of which the line must have one each for the rule to match: it is not tried without. */
  readonly needs: readonly string[];
  /** Apply until nothing changes. */
  readonly repeat: boolean;
}

const macros: Readonly<Record<string, string>> = {
  F: '([FX]\\d+) ',
  E: '([EX]\\d+) ',
  K: '([FEX]\\d+) ',
  N: '(N\\d+) ',
  D: '(D\\d+) ',
  Q: '([VNDT]\\d+) ',
  A: '(A\\d+) ',
  B: '(B\\d+) ',
  C: '(C\\d+) ',
  M: '(M\\d+) ',
  L: '(L\\d+) ',
  cmp: '(gt|ge|lt|le|eq|ne) ',
  agg: '(avg|sum|max|min) ',
  Fs: '((?:[FX]\\d+ )(?:(?:, )?(?:and |as well as )?[FX]\\d+ )*)',
  Vs: '((?:V\\d+ )(?:(?:, )?(?:or |and )?V\\d+ )*)',
  Qs: '((?:[VNDT]\\d+ )(?:(?:, )?(?:or |and )?[VNDT]\\d+ )*)',
};

/** A rule from a pattern in which `{F}` and the like stand for symbols; every word of the line has a space after it. */
export function rule(pattern: string, handler: Handler | string, { repeat = false } = {}): Rule {
  const needs = neededLetters(pattern);
  const source = pattern.replace(/\{(\w+)\}/g, (whole, name: string) => macros[name] ?? whole);
  return {
    pattern: new RegExp(`(?<= )${source}`, repeat ? '' : 'g'),
    handler:
      typeof handler === 'string'
        ? (_, groups) => handler.replace(/\$(\d)/g, (_, at: string) => trimmed(groups[Number(at)]))
        : handler,
    repeat,
    needs,
  };
}

const letters: Readonly<Record<string, string>> = {
  F: 'FX',
  E: 'EX',
  K: 'FEX',
  V: 'V',
  N: 'N',
  D: 'D',
  W: 'VT',
  Q: 'VNDT',
  A: 'A',
  B: 'B',
  C: 'C',
  M: 'M',
  S: 'S',
  L: 'L',
  Fs: 'FX',
  Vs: 'V',
  Qs: 'VNDT',
  Cs: 'C',
};

/** Letters of the symbols outside of every bracket, which no alternative leaves out. */
function neededLetters(pattern: string): string[] {
  const needs: string[] = [];
  let depth = 0;
  for (let at = 0; at < pattern.length; at++) {
    const name = depth === 0 ? /^\{(\w+)\}(?![?*])/.exec(pattern.slice(at))?.[1] : undefined;
    if (pattern[at] === '(') depth++;
    else if (pattern[at] === ')') depth--;
    else if (name !== undefined && letters[name] !== undefined) needs.push(letters[name]);
  }
  return needs;
}

const trimmed = (text: string | undefined) => (text === undefined ? '' : text.trim());

/** How often a rule that repeats may change a line; more is no sentence. */
const MOST_ROUNDS = 12;

export class Line {
  text = '';
  readonly #nodes = new Map<string, Node>();
  readonly #letters = new Set<string>();
  #next = 1;

  constructor(parts: readonly Part[]) {
    this.text = ` ${parts.map((part) => ('word' in part ? part.word : this.add(part.term))).join(' ')} `;
  }

  add(node: Node): string {
    const kind = letter(node);
    this.#letters.add(kind);
    const symbol = `${kind}${this.#next++}`;
    this.#nodes.set(symbol, node);
    return symbol;
  }

  node(symbol: string | undefined): Node | undefined {
    return this.#nodes.get((symbol ?? '').trim());
  }

  mention(symbol: string | undefined): Mention {
    return this.#as(symbol, 'mention');
  }

  adjective(symbol: string | undefined): AdjectiveTerm {
    return this.#as(symbol, 'adjective');
  }

  number(symbol: string | undefined): number {
    return this.#as(symbol, 'number').value;
  }

  measure(symbol: string | undefined): SketchMeasure {
    return this.#as(symbol, 'measure');
  }

  literal(symbol: string | undefined): Literal {
    return this.node(symbol) as Literal;
  }

  condition(symbol: string | undefined): SketchCondition {
    return this.#as(symbol, 'condition').condition;
  }

  /** The symbols of some kinds in a stretch. */
  symbols(stretch: string | undefined, letters: string): string[] {
    return (stretch ?? '').match(new RegExp(`\\b[${letters}]\\d+\\b`, 'g')) ?? [];
  }

  conditions(stretch: string | undefined): SketchCondition[] {
    return this.symbols(stretch, 'C').map((symbol) => this.condition(symbol));
  }

  conditionSymbol(condition: SketchCondition): string {
    return this.add({ kind: 'condition', condition });
  }

  apply(rules: readonly Rule[]): void {
    for (const { pattern, handler, repeat, needs } of rules) {
      if (!needs.every((any) => this.#has(any))) continue;
      for (let round = 0; round < (repeat ? MOST_ROUNDS : 1); round++) {
        const before: string = this.text;
        this.text = before.replace(pattern, (...found: readonly unknown[]) => this.#replace(handler, found));
        if (this.text === before) break;
      }
    }
  }

  /** Whether there is a symbol of one of the letters; symbols that are gone do no harm. */
  #has(any: string): boolean {
    for (const letter of any) if (this.#letters.has(letter)) return true;
    return false;
  }

  #replace(handler: Handler, found: readonly unknown[]): string {
    const groups = found
      .slice(
        0,
        found.findIndex((one) => typeof one === 'number'),
      )
      .map((one) => String(one ?? ''));
    const by = handler(this, groups);
    if (by === undefined) return groups[0] ?? '';
    const kept = by.trim().replace(/ {2,}/g, ' ');
    return kept === '' ? '' : `${kept} `;
  }

  #as<Kind extends Node['kind']>(symbol: string | undefined, kind: Kind): Extract<Node, { kind: Kind }> {
    const node = this.node(symbol);
    if (node?.kind !== kind)
      throw new TypeError(`'${symbol}' is no ${kind} but ${node?.kind ?? 'nothing'} in:${this.text}`);
    return node as Extract<Node, { kind: Kind }>;
  }
}

function letter(node: Node): string {
  switch (node.kind) {
    case 'mention':
      return mentionLetter(node);
    case 'value':
      return 'V';
    case 'number':
      return 'N';
    case 'period':
      return 'D';
    case 'text':
      return 'T';
    case 'adjective':
      return node.superlative ? 'A' : 'B';
    case 'condition':
      return 'C';
    case 'measure':
      return 'M';
    case 'order':
      return 'O';
    case 'limit':
      return 'L';
    case 'group':
      return 'G';
    case 'superlative':
      return 'S';
  }
}

/** A name that is an entity's own and a field's only by a stretch is the entity, and the other way round. */
function mentionLetter({ fields, entities }: Mention): string {
  const best = (links: readonly { readonly score: number }[]) => Math.max(0, ...links.map(({ score }) => score));
  const [field, entity] = [best(fields), best(entities)];
  if (entity === 0 || (entity < 0.7 && field >= 0.85)) return 'F';
  return field === 0 || (entity >= 0.85 && field < 0.85) ? 'E' : 'X';
}
