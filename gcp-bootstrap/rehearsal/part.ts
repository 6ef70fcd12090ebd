/** A part of an environment that has every kind of step, for tests that cannot make all of it: each call of gcloud costs CPU. */
import type { Resource } from '../engine/resource.ts';

/** `secret`, `role:project`: what is before the name of a single one. */
const kind = ({ id }: Resource) => /^role:\w+|^[^:]+/.exec(id)?.[0] ?? id;

/** The first of each kind, with what it needs; of secrets, the one whose value is given. */
export function oneOfEachKind(resources: readonly Resource[]): readonly Resource[] {
  const byId = new Map(resources.map((one) => [one.id, one]));
  const firsts = new Map(resources.toReversed().map((one) => [kind(one), one]));
  const given = byId.get('secret:orchestra-openrouter-api-key');
  if (given) firsts.set('secret', given);
  const part = new Set<Resource>();
  const take = (one: Resource) => {
    if (part.has(one)) return;
    part.add(one);
    for (const need of one.needs) {
      const needed = byId.get(need);
      if (needed) take(needed);
    }
  };
  for (const one of firsts.values()) take(one);
  return resources.filter((one) => part.has(one));
}
