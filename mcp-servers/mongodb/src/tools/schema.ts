/** A collection's fields as people and models read them. */
import type { Catalogue } from '../catalogue/catalogue.ts';

/** Most values that are listed of a field; a field with more is no list of choices. */
const MOST_CHOICES = 20;

export interface SchemaField {
  readonly path: string;
  /** With `[]` for a list of such values. */
  readonly type: string;
  /** Share of the sampled documents, or elements of the array, without a value; not there: none. */
  readonly missing?: number;
  readonly values?: readonly (string | number | boolean)[];
  readonly min?: number | string;
  readonly max?: number | string;
  /** `collection.field` that it refers to. */
  readonly refersTo?: string;
  readonly [more: string]: unknown;
}

export function fieldsOf(
  collection: string,
  { entities, relations }: Catalogue,
): { readonly sampled: number; readonly fields: readonly SchemaField[] } {
  const own = entities.filter((entity) => entity.collection === collection);
  const sampled = own.find(({ path }) => path === '')?.count ?? 0;
  const fields = own.flatMap((entity) =>
    entity.fields.map((field): SchemaField => {
      const relation = relations.find(({ from, localField }) => from === entity.id && localField === field.path);
      const choices =
        field.complete &&
        field.distinct > 0 &&
        field.distinct <= MOST_CHOICES &&
        field.type !== 'objectId' &&
        !field.unique;
      const shown = (value: number) => (field.type === 'date' ? new Date(value).toISOString() : value);
      return {
        path: field.path,
        type: `${field.type}${field.list || entity.path !== '' ? '[]' : ''}`,
        ...(field.missing > 0 && entity.count > 0 && { missing: Number((field.missing / entity.count).toFixed(2)) }),
        ...(choices && field.type !== 'date' && { values: field.values }),
        ...(field.range && !choices && { min: shown(field.range.min), max: shown(field.range.max) }),
        ...(relation && { refersTo: `${relation.to}.${relation.foreignField}` }),
      };
    }),
  );
  return { sampled, fields };
}
