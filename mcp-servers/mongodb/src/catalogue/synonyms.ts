/** The file in which an operator says what further words mean. */
import * as z from 'zod';
import type { Catalogue, Synonym } from './catalogue.ts';

const phrase = z.string().trim().min(1).max(80);

/** `fields: { "runs.latencyMs": ["response time"] }`, `values: { "runs.status": { "error": ["failed"] } }`. */
const file = z.strictObject({
  collections: z.record(z.string(), z.array(phrase)).default({}),
  fields: z.record(z.string(), z.array(phrase)).default({}),
  values: z.record(z.string(), z.record(z.string(), z.array(phrase))).default({}),
});

/** A mistake in the file of synonyms. */
export interface SynonymProblem {
  readonly path: string;
  readonly given: unknown;
  readonly allowed: string;
  readonly fix: string;
}

export type ParsedSynonyms =
  | { readonly ok: true; readonly synonyms: readonly Synonym[] }
  /** `synonyms`: those without a problem. */
  | { readonly ok: false; readonly problems: readonly SynonymProblem[]; readonly synonyms: readonly Synonym[] };

/**
 * Reads the parsed content of a synonyms file. Names of collections, fields and values are checked against the catalogue, so
 * that a renamed field is told and not silently forgotten.
 */
export function parseSynonyms(content: unknown, catalogue: Catalogue): ParsedSynonyms {
  const parsed = file.safeParse(content);
  if (!parsed.success)
    return {
      ok: false,
      synonyms: [],
      problems: parsed.error.issues.map(({ path, message }) => shapeProblem(content, path, message)),
    };
  const problems: SynonymProblem[] = [];
  const synonyms: Synonym[] = [];
  for (const [id, phrases] of Object.entries(parsed.data.collections)) {
    if (!catalogue.entities.some((entity) => entity.id === id))
      problems.push(
        unknownName(
          `collections.${id}`,
          id,
          catalogue.entities.map((entity) => entity.id),
        ),
      );
    else synonyms.push(...phrases.map((phrase) => ({ phrase, entity: id })));
  }
  for (const [id, phrases] of Object.entries(parsed.data.fields)) {
    const found = fieldOf(catalogue, id);
    if (!found) problems.push(unknownName(`fields.${id}`, id, fieldIds(catalogue)));
    else synonyms.push(...phrases.map((phrase) => ({ phrase, entity: found.entity, field: found.path })));
  }
  for (const [id, values] of Object.entries(parsed.data.values)) {
    const found = fieldOf(catalogue, id);
    if (!found) {
      problems.push(unknownName(`values.${id}`, id, fieldIds(catalogue)));
      continue;
    }
    for (const [text, phrases] of Object.entries(values)) {
      const value = found.values.find((one) => String(one) === text);
      if (value === undefined && found.complete)
        problems.push(unknownName(`values.${id}.${text}`, text, found.values.slice(0, 20).map(String)));
      else
        synonyms.push(
          ...phrases.map((phrase) => ({ phrase, entity: found.entity, field: found.path, value: value ?? text })),
        );
    }
  }
  return problems.length > 0 ? { ok: false, problems, synonyms } : { ok: true, synonyms };
}

const fieldIds = (catalogue: Catalogue) =>
  catalogue.entities.flatMap(({ collection, fields }) => fields.map(({ path }) => `${collection}.${path}`));

function fieldOf(catalogue: Catalogue, id: string) {
  for (const { collection, fields } of catalogue.entities)
    for (const field of fields) if (`${collection}.${field.path}` === id) return field;
  return undefined;
}

function shapeProblem(content: unknown, path: readonly PropertyKey[], message: string): SynonymProblem {
  const given = path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key],
    content,
  );
  return {
    path: path.map(String).join('.'),
    given,
    allowed: 'collections, fields and values, each a map of names to lists of words',
    fix: message,
  };
}

function unknownName(path: string, given: string, known: readonly string[]): SynonymProblem {
  return {
    path,
    given,
    allowed: known.slice(0, 50).join(', '),
    fix: 'Name one that the database has, or remove the entry.',
  };
}
