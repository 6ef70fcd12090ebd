/** Learns what a collection holds from a sample of its documents. */
import type { Catalogue, Entity, Field, Synonym } from './catalogue.ts';
import { FieldSample } from './field-sample.ts';
import { entityWords, fieldWords } from './names.ts';
import { findRelations } from './relations.ts';

/** A document as the driver gives it: values of BSON types are objects with a `_bsontype`. */
export type Sampled = Readonly<Record<string, unknown>>;

/** A collection as it was sampled, without what only shows beside the others: words and relations. */
export interface SampledCollection {
  readonly name: string;
  readonly entities: readonly SampledEntity[];
}

interface SampledEntity {
  readonly path: string;
  readonly parent: string | undefined;
  readonly count: number;
  readonly fields: readonly Omit<Field, 'words'>[];
}

/** Deepest nesting that is looked into. */
const DEEPEST = 6;

/** Learns one collection. Documents may come from any source, such as a `$sample`; they are read once. */
export function sampleCollection(name: string, documents: Iterable<Sampled>): SampledCollection {
  const collection = new CollectionSample(name);
  for (const document of documents) collection.add(document);
  return { name, entities: collection.entities() };
}

/**
 * The catalogue of some collections. To keep it fresh, sample again the collections that changed and call this with all:
 * words and relations follow from every collection together.
 */
export function catalogueOf(collections: readonly SampledCollection[], synonyms: readonly Synonym[] = []): Catalogue {
  const sampled = collections.flatMap(({ name, entities }) => entities.map((entity) => ({ name, ...entity })));
  const named = sampled.map((entity) => ({
    ...entity,
    id: entityId(entity.name, entity.path),
    words: entityWords(entity.path === '' ? entity.name : entity.path),
  }));
  const roots = named.map(({ words }) => words);
  const entities = named.map(
    ({ name, path, parent, count, fields, id, words }): Entity => ({
      id,
      collection: name,
      path,
      ...(parent !== undefined && { parent: entityId(name, parent) }),
      count,
      words,
      fields: fields.map((field) => ({ ...field, words: fieldWords(field.name, words, roots) })),
    }),
  );
  return { entities, relations: findRelations(entities), synonyms };
}

const entityId = (collection: string, path: string) => (path === '' ? collection : `${collection}.${path}`);

class CollectionSample {
  readonly #counts = new Map<string, number>();
  readonly #parents = new Map<string, string | undefined>();
  readonly #fields = new Map<string, Map<string, FieldSample>>();
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
    this.#entity('', undefined);
  }

  add(document: Sampled): void {
    this.#element('', undefined, document, 0);
  }

  entities(): SampledEntity[] {
    return [...this.#counts].map(([path, count]) => ({
      path,
      parent: this.#parents.get(path),
      count,
      fields: [...(this.#fields.get(path) ?? [])]
        .filter(([, sample]) => sample.holdsValues)
        .map(([name, sample]) => sample.field(entityId(this.#name, path), name, path, count)),
    }));
  }

  #entity(path: string, parent: string | undefined): Map<string, FieldSample> {
    const own = this.#fields.get(path);
    if (own) return own;
    const created = new Map<string, FieldSample>();
    this.#fields.set(path, created);
    this.#counts.set(path, 0);
    this.#parents.set(path, parent);
    return created;
  }

  #element(path: string, parent: string | undefined, document: Sampled, depth: number): void {
    this.#entity(path, parent);
    this.#counts.set(path, (this.#counts.get(path) ?? 0) + 1);
    this.#document(path, '', document, depth);
  }

  #document(entity: string, prefix: string, document: Sampled, depth: number): void {
    for (const [key, value] of Object.entries(document)) {
      if (key.includes('.') || key.startsWith('$')) continue;
      const name = prefix === '' ? key : `${prefix}.${key}`;
      if (isDocument(value) && depth < DEEPEST) this.#document(entity, name, value, depth + 1);
      else if (Array.isArray(value) && value.some(isDocument) && depth < DEEPEST) {
        const path = entity === '' ? name : `${entity}.${name}`;
        for (const element of value) if (isDocument(element)) this.#element(path, entity, element, depth + 1);
      } else this.#field(entity, name).add(value);
    }
  }

  #field(entity: string, name: string): FieldSample {
    const fields = this.#entity(entity, undefined);
    const own = fields.get(name) ?? new FieldSample();
    fields.set(name, own);
    return own;
  }
}

const isDocument = (value: unknown): value is Sampled =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Date) &&
  !('_bsontype' in value) &&
  !ArrayBuffer.isView(value);
