/** Where fields are found from one collection: in its documents, in their arrays, and by a known relation. */
import type { Catalogue, Entity, Field, Relation } from '../catalogue/catalogue.ts';

/** An entity as it is reached from the collection. */
export interface Place {
  readonly entity: Entity;
  /** Put before the paths of the entity's fields: empty unless it is joined. */
  readonly prefix: string;
  /** The place whose documents contain this one, or refer to it. */
  readonly up?: Place;
  /** Path of the array that has one element for each, when there can be several. */
  readonly array?: string;
  readonly relation?: Relation & { readonly many: boolean };
}

export interface Scope {
  readonly collection: string;
  readonly root: Place;
  readonly places: readonly Place[];
}

/** The places that can be reached from a collection, with at most one relation on the way. */
export function scopeOf(catalogue: Catalogue, collection: string): Scope | undefined {
  const own = catalogue.entities.filter((entity) => entity.collection === collection);
  const rootEntity = own.find(({ path }) => path === '');
  if (!rootEntity) return undefined;
  const root: Place = { entity: rootEntity, prefix: '' };
  const places = new Map<string, Place>([[rootEntity.id, root]]);
  for (const entity of own.toSorted((a, b) => a.path.length - b.path.length)) {
    if (entity.path === '') continue;
    const up = entity.parent === undefined ? root : (places.get(entity.parent) ?? root);
    places.set(entity.id, { entity, prefix: '', up, array: entity.path });
  }
  const joined: Place[] = [];
  for (const relation of catalogue.relations) {
    const from = places.get(relation.from);
    const to = catalogue.entities.find(({ id }) => id === relation.to);
    if (from && to) {
      const as = aliasOf(relation.to, joined);
      joined.push({ entity: to, prefix: `${as}.`, up: from, relation: { ...relation, many: false } });
    }
    const referring = catalogue.entities.find(({ id }) => id === relation.from);
    if (relation.to === rootEntity.id && referring?.path === '' && referring.collection !== collection) {
      const as = aliasOf(relation.from, joined);
      joined.push({ entity: referring, prefix: `${as}.`, up: root, array: as, relation: { ...relation, many: true } });
    }
  }
  return { collection, root, places: [...places.values(), ...joined] };
}

function aliasOf(id: string, joined: readonly Place[]): string {
  const base = `_${id.replace(/[^A-Za-z0-9]+/g, '_')}`;
  const taken = joined.filter(({ prefix }) => prefix.startsWith(base)).length;
  return taken === 0 ? base : `${base}_${taken + 1}`;
}

/** Path of a field from the root of the rows. */
export const pathIn = (place: Place, field: Field): string => `${place.prefix}${field.path}`;

/** The place itself and those that contain it or that it refers from. */
export function chain(place: Place): Place[] {
  return place.up ? [...chain(place.up), place] : [place];
}

/** The place of whose rows there is one for each row of this: a joined document is part of the row that refers to it. */
export const rowsOf = (place: Place): Place => (place.array === undefined && place.up ? rowsOf(place.up) : place);

export const contains = (outer: Place, inner: Place): boolean => chain(inner).includes(outer);

/** Steps from one place to another, over what contains both. */
export function distance(a: Place, b: Place): number {
  const [one, other] = [chain(a), chain(b)];
  const shared = one.filter((place) => other.includes(place)).length;
  return one.length - shared + (other.length - shared);
}
