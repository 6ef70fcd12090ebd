/** Every collection and every entity that a question may be about is tried; the nearest reading wins. */
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Clock } from '../language/dates.ts';
import { mentionsOf, type Sketch } from '../language/grammar/sketch.ts';
import type { Mention } from '../language/terms.ts';
import type { Vocabulary } from '../language/vocabulary.ts';
import { Builder, type Reading } from './build.ts';
import { NoReading, Resolver } from './resolver.ts';
import { chain, type Place, type Scope, scopeOf } from './scope.ts';

/** Readings of a sketch, the nearest first. */
export function readings(sketch: Sketch, catalogue: Catalogue, vocabulary: Vocabulary, clock: Clock): Reading[] {
  const found: Reading[] = [];
  for (const collection of collectionsOf(sketch, catalogue)) {
    const scope = scopesOf(catalogue).get(collection);
    if (!scope) continue;
    for (const { place, cost } of targets(sketch, scope)) {
      try {
        found.push(new Builder(sketch, new Resolver(scope, place, vocabulary), clock).build(cost));
      } catch (error) {
        if (!(error instanceof NoReading)) throw error;
      }
    }
  }
  return found.toSorted((a, b) => a.cost - b.cost);
}

const scopes = new WeakMap<Catalogue, Map<string, Scope>>();

function scopesOf(catalogue: Catalogue): Map<string, Scope> {
  const kept = scopes.get(catalogue);
  if (kept) return kept;
  const created = new Map<string, Scope>();
  for (const collection of new Set(catalogue.entities.map((entity) => entity.collection))) {
    const scope = scopeOf(catalogue, collection);
    if (scope) created.set(collection, scope);
  }
  scopes.set(catalogue, created);
  return created;
}

const asked = (sketch: Sketch): Mention[] => [
  ...(sketch.target ? [sketch.target] : []),
  ...sketch.output.flatMap((item) => (item.kind === 'mention' ? [item] : item.of ? [item.of] : [])),
  ...sketch.groups,
];

function collectionsOf(sketch: Sketch, catalogue: Catalogue): Set<string> {
  const own = [...asked(sketch), ...sketch.conditions.flatMap(mentionsOf)];
  const named = new Set(
    own.flatMap(({ fields, entities }) => [
      ...fields.map(({ field }) => field.entity),
      ...entities.map(({ entity }) => entity.id),
    ]),
  );
  return new Set(catalogue.entities.flatMap(({ id, collection }) => (named.has(id) ? [collection] : [])));
}

/** Places that the question may be about: the entity it names, or those that have what it asks for. */
function targets(sketch: Sketch, scope: Scope): { readonly place: Place; readonly cost: number }[] {
  const own = scope.places.filter(({ relation }) => relation === undefined);
  if (sketch.target) {
    const links = sketch.target.entities;
    return own.flatMap((place) => {
      const link = links.find(({ entity }) => entity.id === place.entity.id);
      return link ? [{ place, cost: 1 - link.score + 0.04 * (chain(place).length - 1) }] : [];
    });
  }
  return own.flatMap((place) => {
    const scores = asked(sketch).flatMap(({ fields }) =>
      fields.filter(({ field }) => field.entity === place.entity.id).map(({ score }) => score),
    );
    return scores.length > 0 ? [{ place, cost: 0.04 * (chain(place).length - 1) }] : [];
  });
}
