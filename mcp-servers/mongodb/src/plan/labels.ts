/** Which fields say what an entity is called, and which tells one from another. */
import type { Entity, Field } from '../catalogue/catalogue.ts';

const says = (field: Field, ...words: string[]) => field.words.join(' ') === words.join(' ');

/** The name of an entity: its name or title, first and last name, or the text that tells it from others. */
export function labelOf(entity: Entity): readonly Field[] {
  const texts = entity.fields.filter(({ type, list, time }) => type === 'string' && !list && time === undefined);
  const owner = entity.words.join(' ');
  for (const name of ['name', 'title']) {
    const found = texts.find((field) => says(field, name) || says(field, owner, name));
    if (found) return [found];
  }
  const first = texts.find((field) => says(field, 'first', 'name'));
  const last = texts.find((field) => says(field, 'last', 'name'));
  if (first && last) return [first, last];
  const own = texts.find(
    (field) => says(field, owner) || (entity.words.includes(field.words.join(' ')) && field.unique),
  );
  if (own) return [own];
  const named = texts.filter(
    (field) =>
      field.words.at(-1) === 'name' &&
      field.unique &&
      !['nick', 'user', 'file', 'host', 'domain'].includes(field.words[0] ?? ''),
  );
  if (named.length === 1) return named;
  const unique = texts.filter((field) => field.unique);
  const [only] = unique;
  return only && unique.length === 1 ? [only] : [];
}

/** The field that tells the entities apart. */
export function keyOf(entity: Entity): Field | undefined {
  const unique = entity.fields.filter((field) => field.unique);
  const owner = entity.words.join(' ');
  return (
    unique.find(
      (field) =>
        says(field, 'id') || says(field, owner, 'id') || says(field, owner, 'number') || says(field, owner, 'code'),
    ) ??
    unique.find((field) => ['id', 'number', 'code'].includes(field.words.at(-1) ?? '')) ??
    unique.find((field) => field.type === 'string') ??
    unique[0]
  );
}

/** Words for a time that say nothing but that it is one; "signed up at" says more. */
const plainTimes = new Set(
  'created creation started start date datetime timestamp time at on day year month when occurred recorded logged utc ms'.split(
    ' ',
  ),
);

/** The field that a bare time is about: the only one, or the one that says when the entity came to be. */
export function timeOf(
  entity: Entity,
): { readonly field: Field; readonly others: readonly Field[]; readonly plain: boolean } | undefined {
  const times = entity.fields.filter(({ time }) => time !== undefined && time !== 'year');
  const candidates = times.length > 0 ? times : entity.fields.filter(({ time }) => time === 'year');
  const preferred = ['created', 'started', 'start', 'date', 'timestamp', 'time', 'at'];
  const rank = ({ words }: Field) =>
    Math.min(...words.map((word) => (preferred.includes(word) ? preferred.indexOf(word) : 99)));
  const [field, ...others] = candidates.toSorted((a, b) => rank(a) - rank(b));
  return (
    field && { field, others, plain: field.words.every((word) => plainTimes.has(word) || entity.words.includes(word)) }
  );
}
