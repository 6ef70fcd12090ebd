/** What a plan's paths lead to, by the catalogue; a plan that names anything else is refused. */
import type { Catalogue, Field } from '../catalogue/catalogue.ts';
import type { Condition, Plan } from '../plan/plan.ts';

/** A plan names a collection, a path or an array that the catalogue does not have. */
export class UnknownPath extends Error {
  readonly path: string;

  constructor(path: string, collection: string) {
    super(`There is no '${path}' in '${collection}'; name a field that collection_schema lists.`);
    this.name = 'UnknownPath';
    this.path = path;
  }
}

export interface Known {
  readonly field: (path: string) => Field;
  /** Whether a condition reads a joined document. */
  readonly isJoined: (condition: Condition) => boolean;
  /** Whether a condition reads an element of one of the arrays. */
  readonly isWithin: (condition: Condition, arrays: readonly string[]) => boolean;
}

/** @throws UnknownPath */
export function knownFields(plan: Plan, catalogue: Catalogue): Known {
  const fields = new Map<string, Field>();
  const arrays = new Set<string>();
  const own = catalogue.entities.filter(({ collection }) => collection === plan.collection);
  if (own.length === 0) throw new UnknownPath(plan.collection, 'the database');
  for (const entity of own) {
    if (entity.path !== '') arrays.add(entity.path);
    for (const field of entity.fields) fields.set(field.path, field);
  }
  for (const { collection, as } of plan.joins) {
    const joined = catalogue.entities.filter((entity) => entity.collection === collection);
    if (joined.length === 0) throw new UnknownPath(collection, 'the database');
    arrays.add(as);
    for (const entity of joined) for (const field of entity.fields) fields.set(`${as}.${field.path}`, field);
  }
  const field = (path: string) => {
    const found = fields.get(path);
    if (!found) throw new UnknownPath(path, plan.collection);
    return found;
  };
  const aliases = plan.joins.map(({ as }) => as);
  const known: Known = {
    field,
    isJoined: (condition) =>
      pathsOf(condition).some((path) => aliases.some((as) => path === as || path.startsWith(`${as}.`))),
    isWithin: (condition, unwound) =>
      pathsOf(condition).some((path) => unwound.some((array) => path.startsWith(`${array}.`))),
  };
  for (const path of [...rowPaths(plan), ...leafPaths(plan.where)]) field(path);
  for (const path of [...plan.unwind, ...arrayPaths(plan.where)])
    if (!arrays.has(path)) throw new UnknownPath(path, plan.collection);
  for (const { localField } of plan.joins) field(localField);
  return known;
}

/** Paths that rows are shown, grouped or ordered by. */
function rowPaths({ output, group, order }: Plan): string[] {
  if (!group) return [...output.map(({ from }) => from), ...order.map(({ by }) => by)];
  return [
    ...group.by.map(({ path }) => path),
    ...group.measures.flatMap(({ path }) => (path === undefined ? [] : [path])),
  ];
}

function pathsOf(condition: Condition): string[] {
  return [...leafPaths(condition), ...arrayPaths(condition)];
}

function leafPaths(condition: Condition | undefined): string[] {
  if (!condition) return [];
  switch (condition.kind) {
    case 'all':
    case 'any':
      return condition.of.flatMap(leafPaths);
    case 'not':
      return leafPaths(condition.of);
    case 'some':
      return condition.where.flatMap(leafPaths);
    case 'size':
      return [];
    case 'aggregate':
      return [condition.path, condition.than.path];
    default:
      return [condition.path];
  }
}

function arrayPaths(condition: Condition | undefined): string[] {
  if (!condition) return [];
  switch (condition.kind) {
    case 'all':
    case 'any':
      return condition.of.flatMap(arrayPaths);
    case 'not':
      return arrayPaths(condition.of);
    case 'some':
      return [condition.path, ...condition.where.flatMap(arrayPaths)];
    case 'size':
      return [condition.path];
    default:
      return [];
  }
}
