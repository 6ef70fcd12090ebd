/** What a catalogue's names and values are called in questions. */
import type { Catalogue, Entity, Field, Scalar } from '../catalogue/catalogue.ts';
import { alternatives, sexes } from './thesaurus.ts';
import { tokens } from './tokens.ts';
import { singular, stem } from './words.ts';

/** How sure it is that words mean a thing: 1 for its own name. */
type Score = number;

export interface FieldLink {
  readonly field: Field;
  readonly score: Score;
  /** The words name the field's entity too, as "student age" does. */
  readonly owned: boolean;
}

export interface EntityLink {
  readonly entity: Entity;
  readonly score: Score;
}

export interface ValueLink {
  readonly field: Field;
  readonly value: Scalar;
  readonly score: Score;
}

export interface SchemaLinks {
  readonly fields: readonly FieldLink[];
  readonly entities: readonly EntityLink[];
}

/** Words at the start or end of a name that people leave out. */
const leftOutAtEnd = new Set([
  'id',
  'code',
  'number',
  'name',
  'at',
  'date',
  'time',
  'type',
  'year',
  'percentage',
  'count',
]);
const leftOutOfEntities = new Set([
  'has',
  'have',
  'is',
  'of',
  'in',
  'record',
  'detail',
  'info',
  'information',
  'data',
  'list',
  'tbl',
  'table',
]);

/** Units at the end of a name. */
const units = new Set([
  'ms',
  'seconds',
  'sec',
  'minutes',
  'hours',
  'usd',
  'eur',
  'bytes',
  'kb',
  'mb',
  'gb',
  'km',
  'kg',
  'cm',
  'percentage',
]);

/** Longest phrase that is looked up, in words. */
export const LONGEST_PHRASE = 10;

/** Names and values by their stems. */
export class Vocabulary {
  readonly #fields = new Map<string, Map<Field, FieldLink>>();
  readonly #entities = new Map<string, Map<Entity, EntityLink>>();
  readonly #values = new Map<string, ValueLink[]>();
  readonly #firstWords = new Set<string>();
  #longestName = 1;

  constructor(catalogue: Catalogue) {
    for (const entity of catalogue.entities) {
      this.#nameEntity(entity);
      for (const field of entity.fields) {
        this.#nameField(entity, field);
        this.#nameValues(field);
      }
    }
    this.#addSynonyms(catalogue);
  }

  /** Most words in the name of a field or an entity. */
  get longestName(): number {
    // A compound such as `unitprice` may be said as two words.
    return this.#longestName + 1;
  }

  /** What some words, in lower case, name. */
  schema(words: readonly string[]): SchemaLinks | undefined {
    const stemmed = key(words);
    const fields = this.#fields.get(stemmed);
    const entities = this.#entities.get(stemmed);
    if (!fields && !entities) return undefined;
    const [only] = words;
    const near = ({ field, score }: FieldLink) =>
      score > 0.55 || words.length > 1 || field.words.some((word) => singular(word) === singular(only ?? ''));
    return { fields: [...(fields?.values() ?? [])].filter(near), entities: [...(entities?.values() ?? [])] };
  }

  /** Values that some words, in lower case, are; singular or plural, so that `professors` finds `Professor`. */
  values(words: readonly string[]): readonly ValueLink[] | undefined {
    const first = words[0];
    if (first === undefined || !this.#firstWords.has(singular(first))) return undefined;
    const found = this.#values.get(words.map(singular).join(' '));
    if (!found) return undefined;
    const said = words.join(' ');
    return found.map((link) => (valueWords(link.value) === said ? link : { ...link, score: link.score * 0.95 }));
  }

  /** Fields of a dimension, such as `age`, by the phrases for it; the first phrase that an entity has a field for counts. */
  dimension(phrases: readonly string[], score: Score): FieldLink[] {
    const found = new Map<string, FieldLink>();
    for (const phrase of phrases)
      for (const { field } of this.#fields.get(key(phrase.split(' ')))?.values() ?? [])
        if (!found.has(field.entity) && (field.type === 'number' || field.time || field.numericText))
          found.set(field.entity, { field, score, owned: false });
    return [...found.values()];
  }

  #nameEntity(entity: Entity): void {
    const add = (words: readonly string[], score: Score) => this.#addEntity(entity, words, score);
    add(entity.words, 1);
    const kept = entity.words.filter((word) => !leftOutOfEntities.has(word));
    if (kept.length > 0 && kept.length < entity.words.length) add(kept, 0.8);
    if (entity.words.length > 1 && !leftOutAtEnd.has(entity.words.at(-1) ?? '')) add(entity.words.slice(-1), 0.6);
    for (const field of entity.fields)
      if (
        field.unique &&
        field.type === 'string' &&
        entity.path === '' &&
        !field.time &&
        !leftOutAtEnd.has(field.words.at(-1) ?? '')
      )
        add(field.words, 0.9);
  }

  #addEntity(entity: Entity, words: readonly string[], score: Score): void {
    for (const [phrase, own] of withAlternatives(words, score)) {
      this.#longestName = Math.max(this.#longestName, phrase.length);
      const links = this.#entities.get(key(phrase)) ?? new Map<Entity, EntityLink>();
      if ((links.get(entity)?.score ?? 0) < own) links.set(entity, { entity, score: own });
      this.#entities.set(key(phrase), links);
    }
  }

  #nameField(entity: Entity, field: Field): void {
    const words =
      field.words.length > 1 && units.has(field.words.at(-1) ?? '') ? field.words.slice(0, -1) : field.words;
    if (words !== field.words) this.#addField(field, field.words, 1, false);
    const last = words.at(-1) ?? '';
    const owner = [entity.words, entity.words.filter((word) => !leftOutOfEntities.has(word))];
    const own = owner.find((name) => name.length > 0 && starts(words, name) && name.length < words.length);
    this.#addField(field, words, 1, own !== undefined);
    if (own) this.#addField(field, words.slice(own.length), 0.95, false);
    else for (const name of owner) if (name.length > 0) this.#addField(field, [...name, ...words], 1, true);
    if (words.length === 1) return;
    if (leftOutAtEnd.has(last) && !(own && words.length === own.length + 1))
      this.#addField(field, words.slice(0, -1), 0.8, false);
    else if (leftOutAtEnd.has(last)) this.#addField(field, words.slice(0, -1), 0.45, false);
    if (['year', 'date', 'time', 'at', 'on'].includes(last)) this.#addField(field, words.toReversed(), 0.8, false);
    for (const word of ['is', 'has']) if (words[0] === word) this.#addField(field, words.slice(1), 0.9, false);
    if (!leftOutAtEnd.has(last) || last === 'year') this.#addField(field, [last], 0.75, false);
    else if (last === 'type') this.#addField(field, [last], 0.65, false);
    else if (last === 'name' || last === 'id' || last === 'date' || last === 'number' || last === 'code')
      this.#addField(field, [last], 0.55, false);
    const first = words[0] ?? '';
    if (words.length > 2 || !leftOutAtEnd.has(last)) this.#addField(field, [first], 0.5, false);
    if (words.length > 2) {
      this.#addField(field, words.slice(1), 0.7, false);
      this.#addField(field, words.slice(-2), 0.7, false);
    }
  }

  #addField(field: Field, words: readonly string[], score: Score, owned: boolean): void {
    for (const [phrase, own] of withAlternatives(words, score)) {
      this.#longestName = Math.max(this.#longestName, phrase.length);
      const links = this.#fields.get(key(phrase)) ?? new Map<Field, FieldLink>();
      if ((links.get(field)?.score ?? 0) < own) links.set(field, { field, score: own, owned });
      this.#fields.set(key(phrase), links);
    }
  }

  #nameValues(field: Field): void {
    if (field.type === 'boolean') {
      const words = field.words.filter((word) => word !== 'is' && word !== 'has');
      this.#addValue(words, { field, value: true, score: 1 });
      const [first, ...rest] = words;
      for (const prefix of ['in', 'un', 'dis', 'non'])
        if (first !== undefined) this.#addValue([`${prefix}${first}`, ...rest], { field, value: false, score: 0.95 });
      return;
    }
    if (field.type !== 'string' || field.time) return;
    for (const value of field.values) {
      const words = valueWords(value).split(' ');
      if (words[0] !== '' && words.length <= LONGEST_PHRASE) this.#addValue(words, { field, value, score: 1 });
    }
    const kind = field.words.at(-1);
    if ((kind === 'sex' || kind === 'gender') && field.complete)
      for (const [word, forms] of Object.entries(sexes)) {
        const value = field.values.find((one) => forms.includes(String(one).toLowerCase()));
        if (value !== undefined && String(value).toLowerCase() !== word)
          this.#addValue([word], { field, value, score: 0.98 });
      }
  }

  #addValue(words: readonly string[], link: ValueLink): void {
    const [first] = words;
    if (first === undefined) return;
    this.#firstWords.add(singular(first));
    const stemmed = words.map(singular).join(' ');
    const links = this.#values.get(stemmed) ?? [];
    if (!links.some(({ field, value }) => field === link.field && value === link.value)) links.push(link);
    this.#values.set(stemmed, links);
  }

  #addSynonyms({ entities, synonyms }: Catalogue): void {
    for (const { phrase, entity: id, field: path, value } of synonyms) {
      const entity = entities.find((one) => one.id === id);
      const field = entity?.fields.find((one) => one.path === path);
      const words = tokens(phrase).map(({ lower }) => lower);
      if (field && value !== undefined) this.#addValue(words, { field, value, score: 1 });
      else if (field) this.#addField(field, words, 1, false);
      else if (entity) this.#addEntity(entity, words, 1);
    }
  }
}

const vocabularies = new WeakMap<Catalogue, Vocabulary>();

/** The vocabulary of a catalogue, made once. */
export function vocabularyOf(catalogue: Catalogue): Vocabulary {
  const kept = vocabularies.get(catalogue);
  if (kept) return kept;
  const created = new Vocabulary(catalogue);
  vocabularies.set(catalogue, created);
  return created;
}

/** The words of a value, as a question would have them. */
const valueWords = (value: Scalar) =>
  tokens(String(value).replaceAll(/["']/g, ' '))
    .filter(({ kind }) => kind === 'word' || kind === 'number')
    .map(({ lower }) => lower)
    .join(' ');

/** Compounds are found however they are written: `unitprice` is "unit price". */
const key = (words: readonly string[]) => stem(words.length === 1 ? (words[0] ?? '') : words.join(''));

const starts = (words: readonly string[], name: readonly string[]) =>
  name.every((word, index) => words[index] === word || stem(words[index] ?? '') === stem(word));

function withAlternatives(words: readonly string[], score: Score): [readonly string[], Score][] {
  const own: [readonly string[], Score][] = [[words, score]];
  return score < 0.7 ? own : [...own, ...alternatives(words).map((phrase): [string[], Score] => [phrase, score * 0.9])];
}
