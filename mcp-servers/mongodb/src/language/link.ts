/** Links the words of a question to the catalogue's names and values. */
import { type Clock, findPeriods } from './dates.ts';
import { grammatical, namesToo, numbers, superlatives } from './grammatical.ts';
import type { Term } from './terms.ts';
import { type Adjective, adjectives } from './thesaurus.ts';
import { plainText, type Token, tokens } from './tokens.ts';
import { LONGEST_PHRASE, type SchemaLinks, type ValueLink, type Vocabulary } from './vocabulary.ts';
import { isPlural } from './words.ts';

/** A part of the question: a term, or a word that is none. */
export type Part = { readonly term: Term } | { readonly word: string };

/** Terms and words in the order of the question. */
export function link(question: string, vocabulary: Vocabulary, clock: Clock): Part[] {
  const text = plainText(question);
  const cut = tokens(text);
  const periods = findPeriods(text, clock).filter(
    ({ from, to }) => !cut.some(({ kind, start, end }) => kind === 'quoted' && start <= from && to <= end),
  );
  const linker = new Linker(text, cut, vocabulary);
  const parts: Part[] = [];
  for (let at = 0; at < cut.length; ) {
    const token = cut[at];
    if (!token) break;
    const period = periods.find(({ from, to }) => from <= token.start && token.end <= to);
    if (period && !linker.longerValue(at, period.to)) {
      parts.push({ term: { kind: 'period', text: text.slice(period.from, period.to), period } });
      while (cut[at] && (cut[at]?.start ?? 0) < period.to) at++;
      continue;
    }
    const found = linker.at(at);
    parts.push(...found.parts);
    at += found.length;
  }
  return joinedNames(parts);
}

/** Names of several words that no value has: "New York" is one. */
function joinedNames(parts: readonly Part[]): Part[] {
  const joined: Part[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (
      'term' in part &&
      part.term.kind === 'text' &&
      !part.term.quoted &&
      last &&
      'term' in last &&
      last.term.kind === 'text' &&
      !last.term.quoted
    )
      joined[joined.length - 1] = { term: { ...part.term, text: `${last.term.text} ${part.term.text}` } };
    else joined.push(part);
  }
  return joined;
}

interface Found {
  readonly parts: readonly Part[];
  readonly length: number;
}

class Linker {
  readonly #text: string;
  readonly #cut: readonly Token[];
  readonly #vocabulary: Vocabulary;

  constructor(text: string, cut: readonly Token[], vocabulary: Vocabulary) {
    this.#text = text;
    this.#cut = cut;
    this.#vocabulary = vocabulary;
  }

  at(from: number): Found {
    const token = this.#cut[from];
    if (!token) return { parts: [], length: 1 };
    if (token.kind === 'quoted') return { parts: [this.#quoted(token)], length: 1 };
    if (token.kind === 'comma') return { parts: [{ word: ',' }], length: 1 };
    if (token.kind === 'sign') return { parts: [{ word: token.text }], length: 1 };
    if (token.kind === 'stop') return { parts: [{ word: '.' }], length: 1 };
    const following = this.#cut[from + 1];
    const phrase = superlatives[`${token.lower} ${following?.lower}`];
    const adjective = adjectives[phrase ?? ''];
    if (phrase !== undefined && adjective) return { parts: [{ term: this.#adjective(phrase, adjective) }], length: 2 };
    return this.#pair(from) ?? this.#longest(from) ?? { parts: [this.#single(token, from)], length: 1 };
  }

  /** Whether a value begins here that reaches beyond a time. */
  longerValue(from: number, end: number): boolean {
    for (let length = LONGEST_PHRASE; length >= 1; length--) {
      const words = this.#words(from, length);
      const last = this.#cut[from + length - 1];
      if (words && last && last.end > end && this.#vocabulary.values(words)) return true;
    }
    return false;
  }

  #words(from: number, length: number): string[] | undefined {
    const run = this.#cut.slice(from, from + length);
    if (run.length < length || run.some(({ kind }) => kind !== 'word' && kind !== 'number')) return undefined;
    return run.map(({ lower }) => lower);
  }

  #longest(from: number): Found | undefined {
    for (let length = LONGEST_PHRASE; length >= 1; length--) {
      const words = this.#words(from, length);
      if (!words) continue;
      const values = this.#splits(words) ? undefined : this.#valuesOf(words, from, length);
      const schema = length > this.#vocabulary.longestName ? undefined : this.#schemaOf(words, from, length);
      if (!values && !schema) continue;
      const text = this.#slice(from, length);
      const best = schema
        ? Math.max(...schema.fields.map(({ score }) => score), ...schema.entities.map(({ score }) => score))
        : 0;
      const flag = values?.every(({ field }) => field.type === 'boolean') === true && schema?.entities.length === 0;
      if (values && flag && !/^(?:by|per|each|every)$/.test(this.#cut[from - 1]?.lower ?? ''))
        return { parts: [{ term: { kind: 'value', text, links: values } }], length };
      if (values && (!schema || best < 0.7 || (this.#isWritten(values, text) && from > 0 && best < 1)))
        return { parts: [{ term: { kind: 'value', text, links: values } }], length };
      if (schema) {
        const plural = isPlural(words.at(-1) ?? '');
        return { parts: [{ term: { kind: 'mention', text, ...schema, plural } }], length };
      }
    }
    return undefined;
  }

  /** "Berlin office" is an office called Berlin where the field has that value, whatever else is called so. */
  #splits(words: readonly string[]): boolean {
    const last = words.at(-1);
    if (words.length < 2 || last === undefined || !this.#vocabulary.values(words)) return false;
    const named = this.#vocabulary.schema([last])?.fields ?? [];
    const values = this.#vocabulary.values(words.slice(0, -1)) ?? [];
    return values.some(({ field }) => named.some((link) => link.field === field && link.score >= 0.95));
  }

  /** "first and last names", "home or work address": the second noun belongs to both. */
  #pair(from: number): Found | undefined {
    const [a, and, b] = [this.#cut[from], this.#cut[from + 1], this.#cut[from + 2]];
    if (a?.kind !== 'word' || b?.kind !== 'word' || (and?.lower !== 'and' && and?.lower !== 'or')) return undefined;
    const c = this.#cut[from + 3];
    const head = c?.kind === 'word' ? c.lower : undefined;
    const both = (noun: string) => [this.#vocabulary.schema([a.lower, noun]), this.#vocabulary.schema([b.lower, noun])];
    for (const [noun, length] of [[head, 4] as const, ['name', 3] as const]) {
      if (noun === undefined || (noun === 'name' && length === 3 && (a.lower !== 'first' || b.lower !== 'last')))
        continue;
      const [first, second] = both(noun).map(strong);
      if (!first || !second || (grammatical.has(a.lower) && !['first', 'last'].includes(a.lower))) continue;
      const mention = (links: SchemaLinks, word: string): Part => ({
        term: { kind: 'mention', text: `${word} ${noun}`, ...links, plural: isPlural(noun) },
      });
      return { parts: [mention(first, a.lower), { word: and.lower }, mention(second, b.lower)], length };
    }
    return undefined;
  }

  #valuesOf(words: readonly string[], from: number, length: number): readonly ValueLink[] | undefined {
    const values = this.#vocabulary.values(words);
    if (!values) return undefined;
    if (words.every((word) => grammatical.has(word) || /^-?[\d.]+$/.test(word))) {
      const text = this.#slice(from, length);
      const written = values.filter(({ value }) => String(value) === text);
      return written.length > 0 && (length > 1 || (from > 0 && /[A-Z]/.test(text.slice(0, 1)) && text !== 'I'))
        ? written
        : undefined;
    }
    // Short codes are taken for values only as they are written: "to" is no value `TO`.
    const short = words.length === 1 && (words[0]?.length ?? 0) <= 2;
    const text = this.#slice(from, length);
    return short ? nonEmpty(values.filter(({ value }) => String(value) === text)) : values;
  }

  #schemaOf(words: readonly string[], from: number, length: number): SchemaLinks | undefined {
    const links = this.#vocabulary.schema(words);
    const [first, last] = [words[0] ?? '', words.at(-1) ?? ''];
    if (!links || /^(?:named|called|titled)$/.test(last)) return undefined;
    if (words.length > 1)
      return grammatical.has(first) &&
        first !== 'first' &&
        first !== 'last' &&
        first !== 'number' &&
        first !== 'total' &&
        first !== 'average' &&
        first !== 'order' &&
        first !== 'group' &&
        first !== 'maximum' &&
        first !== 'minimum'
        ? undefined
        : strongFor(links, last);
    const next = this.#cut[from + 1]?.lower;
    if (/^years?$/.test(first) && (next === 'old' || (next === 'of' && this.#cut[from + 2]?.lower === 'age')))
      return undefined;
    if (links.fields.length + links.entities.length === 0) return undefined;
    if (!grammatical.has(first)) return links;
    if (!namesToo.has(first)) return undefined;
    const after = this.#cut[from + length]?.lower;
    const before = this.#cut[from - 1]?.lower;
    if (first !== 'name' && first !== 'names' && (after === 'of' || after === 'number' || before === 'total'))
      return undefined;
    return strong(links) ?? (first.startsWith('name') || first === 'title' ? links : undefined);
  }

  #quoted(token: Token): Part {
    const words = tokens(token.text).map(({ lower }) => lower);
    const found = this.#vocabulary.values(words);
    const links = found?.filter(({ value }) => String(value).toLowerCase() === token.lower) ?? [];
    const usable = links.length > 0 ? links : found;
    if (usable && token.text.length > 1) return { term: { kind: 'value', text: token.text, links: usable } };
    if (usable && links.some(({ value }) => value === token.text))
      return { term: { kind: 'value', text: token.text, links: links.filter(({ value }) => value === token.text) } };
    if (/^-?\d+(?:\.\d+)?$/.test(token.text))
      return { term: { kind: 'number', text: token.text, value: Number(token.text) } };
    return { term: { kind: 'text', text: token.text, quoted: true } };
  }

  #single(token: Token, from: number): Part {
    if (token.kind === 'number') return { term: { kind: 'number', text: token.text, value: Number(token.text) } };
    const number = numbers[token.lower];
    const next = this.#cut[from + 1]?.lower;
    const previous = this.#cut[from - 1]?.lower;
    const pronoun =
      token.lower === 'one' &&
      (next === 'of' ||
        previous === 'which' ||
        previous === 'the' ||
        previous === 'no' ||
        previous === 'each' ||
        previous === 'every');
    if (number !== undefined && !pronoun) return { term: { kind: 'number', text: token.lower, value: number } };
    const adjective = adjectives[token.lower];
    if (adjective) return { term: this.#adjective(token.lower, adjective) };
    const isName =
      /^\p{Lu}/u.test(token.text) && from > 0 && !grammatical.has(token.lower) && this.#cut[from - 1]?.kind !== 'stop';
    return isName ? { term: { kind: 'text', text: token.text, quoted: false } } : { word: token.lower };
  }

  #adjective(text: string, { dimension, more }: Adjective): Term {
    const fields = this.#vocabulary.dimension(dimension.words, 0.9);
    const others = this.#vocabulary.dimension(dimension.turned ?? [], 0.85);
    const turned = others.filter(({ field }) => !fields.some((own) => own.field.entity === field.entity));
    const superlative = text.endsWith('st');
    return { kind: 'adjective', text, superlative, more, fields, turned };
  }

  #isWritten(values: readonly ValueLink[], text: string): boolean {
    return /\p{Lu}/u.test(text) && values.some(({ value }) => String(value) === text);
  }

  #slice(from: number, length: number): string {
    return this.#text.slice(this.#cut[from]?.start, this.#cut[from + length - 1]?.end);
  }
}

const nonEmpty = <Item>(items: readonly Item[]) => (items.length > 0 ? items : undefined);

/** Links by the whole name or nearly so. */
function strong(links: SchemaLinks | undefined): SchemaLinks | undefined {
  const fields = links?.fields.filter(({ score }) => score >= 0.85) ?? [];
  const entities = links?.entities.filter(({ score }) => score >= 0.85) ?? [];
  return fields.length + entities.length > 0 ? { fields, entities } : undefined;
}

const strongFor = (links: SchemaLinks, last: string) =>
  grammatical.has(last) && !namesToo.has(last) ? strong(links) : links;
