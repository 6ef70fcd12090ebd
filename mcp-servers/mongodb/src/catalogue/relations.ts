/** Guesses which field refers to which entity: by values first, by names second. */
import type { Entity, Field, Relation } from './catalogue.ts';

/** Share of a field's distinct values that must be found in the other. */
const LEAST_OVERLAP = 0.8;

/** Relations from any field to a field of a root collection that tells its documents apart. */
export function findRelations(entities: readonly Entity[]): Relation[] {
  const keys = entities
    .filter(({ path }) => path === '')
    .flatMap((entity) => entity.fields.filter((field) => isKey(field)).map((field) => ({ entity, field })));
  const sets = new Map(keys.map(({ field }) => [field, new Set(field.values)]));
  return entities.flatMap((from) =>
    from.fields.flatMap((field) => {
      if (field.values.length === 0 || field.type === 'boolean' || field.type === 'mixed') return [];
      const found = keys
        .filter(({ entity, field: key }) => entity.collection !== from.collection && key.type === field.type)
        .filter(({ entity, field: key }) => namesAgree(field, key, entity))
        .map(({ entity, field: key }) => ({ entity, key, overlap: overlap(field, sets.get(key) ?? new Set()) }))
        .filter(({ overlap }) => overlap >= LEAST_OVERLAP);
      return found.map(({ entity, key, overlap }) => ({
        from: from.id,
        to: entity.id,
        localField: field.path,
        foreignField: key.path,
        overlap,
      }));
    }),
  );
}

const isKey = (field: Field) => field.unique && field.distinct > 1 && field.time === undefined && !field.list;

function overlap(field: Field, key: ReadonlySet<unknown>): number {
  const found = field.values.filter((value) => key.has(value)).length;
  return Number((found / field.values.length).toFixed(3));
}

/** `customerId` or `customer` with `customers._id`; or the same name on both sides. */
function namesAgree(field: Field, key: Field, entity: Entity): boolean {
  const local = field.words.join(' ');
  const foreign = key.words.join(' ');
  const owner = entity.words.join(' ');
  if (local === foreign) return local !== 'id';
  if (foreign === 'id' || foreign === `${owner} id` || foreign === 'name' || foreign === `${owner} name`)
    return (
      local === owner || local === `${owner} id` || local === `${owner} ${foreign}` || local.endsWith(` ${owner} id`)
    );
  return field.distinct > 2 && (local === owner || owner.startsWith(`${local} `) || foreign.endsWith(local));
}
