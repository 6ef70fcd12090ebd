/**
 * Proves a finished query against the policy, knowing nothing of how it was made: no key, text or stage in it reaches beyond what the
 * caller may read. A query that is made rightly never fails here; one that does is a fault of this server, and is not sent.
 */
import { isDeepStrictEqual } from 'node:util';
import type { CollectionAccess } from './access.ts';
import type { Policed, PolicyContext } from './apply.ts';
import { guardOf } from './guard.ts';
import { everyOperator, stageNames, systemVariables } from './language/operators.ts';

/** The finished query is not within the policy. */
export class NotProven extends Error {
  override readonly name = 'NotProven';
}

type Value = Readonly<Record<string, unknown>>;

/** @throws NotProven */
export function prove(query: Policed, context: PolicyContext): void {
  const proof = new Proof(context);
  const access = proof.read(query.collection);
  if (query.limit > context.documents + 1) throw new NotProven('it has no limit');
  if (query.operation === 'aggregate') {
    proof.beginsWithGuard(query.pipeline, access);
    const last = query.pipeline.at(-1);
    if (!isDeepStrictEqual(last, { $limit: query.limit })) throw new NotProven('it does not end with its limit');
    proof.parts(query.pipeline);
    return;
  }
  const guard = proof.guard(access);
  if (guard.some((stage) => !('$match' in stage))) throw new NotProven('find shows every field');
  const [rows] = guard;
  const { $and: all, ...others } = query.filter;
  const first = Array.isArray(all) ? all[0] : undefined;
  if (rows && (Object.keys(others).length > 0 || !isDeepStrictEqual(first, rows.$match)))
    throw new NotProven('rows are not restricted');
  proof.parts([query.filter, query.projection, query.sort]);
}

class Proof {
  readonly #context: PolicyContext;
  readonly #read: CollectionAccess[] = [];

  constructor(context: PolicyContext) {
    this.#context = context;
  }

  read(name: unknown): CollectionAccess {
    const access = typeof name === 'string' ? this.#context.access.collection(name) : undefined;
    if (!access) throw new NotProven('it reads a collection that the policy does not give');
    this.#read.push(access);
    return access;
  }

  guard(access: CollectionAccess) {
    return guardOf(access, this.#context.knownPaths(access.name));
  }

  beginsWithGuard(pipeline: unknown, access: CollectionAccess): void {
    const guard = this.guard(access);
    if (!Array.isArray(pipeline) || !isDeepStrictEqual(pipeline.slice(0, guard.length), guard))
      throw new NotProven(`'${access.name}' is read without its policy`);
  }

  /** Everything, twice: what a collection hides that is read at the end may not be named at the beginning either. */
  parts(query: unknown): void {
    this.value(query);
    this.value(query);
  }

  /** Any part of a query, wherever it stands. The guards' own names of fields are the policy's, not the query's. */
  value(value: unknown): void {
    if (typeof value === 'string') this.#text(value);
    else if (typeof value === 'function' || typeof value === 'symbol') throw new NotProven('it has code');
    else if (Array.isArray(value)) this.#list(value);
    else if (typeof value === 'object' && value !== null) this.#object(value as Value);
  }

  #list(list: readonly unknown[]): void {
    const guards = this.#read.map((access) => this.guard(access)).filter((guard) => guard.length > 0);
    const own = guards.find((guard) => isDeepStrictEqual(list.slice(0, guard.length), guard));
    const rest = own ? list.slice(own.length) : list;
    for (const [index, item] of rest.entries()) {
      if (this.#hidesGraph(rest[index - 1], item)) continue;
      this.value(item);
    }
  }

  #object(object: Value): void {
    if (object instanceof Date) return;
    if ('_bsontype' in object) {
      if (/^(Code|BSONRegExp|BSONSymbol|DBRef)$/.test(String(object._bsontype))) throw new NotProven('it has code');
      return;
    }
    if (object instanceof RegExp) throw new NotProven('it has a regular expression as a value');
    if (this.#read.some(({ rows }) => Object.keys(rows).length > 0 && isDeepStrictEqual(object, rows))) return;
    for (const [key, value] of Object.entries(object)) {
      if (!key.startsWith('$')) this.#names(key);
      else if (!everyOperator.has(key)) throw new NotProven(`'${key}' is not an operator of the list`);
      if (stageNames.has(key)) this.#join(key, value);
      this.value(value);
    }
  }

  #join(stage: string, spec: unknown): void {
    const options = typeof spec === 'object' && spec !== null ? (spec as Value) : {};
    if (stage === '$lookup') {
      const access = this.read(options.from);
      const guard = this.guard(access);
      if (guard.length > 0 || options.pipeline !== undefined) this.beginsWithGuard(options.pipeline, access);
      if (typeof options.foreignField === 'string' && !access.readable(options.foreignField))
        throw new NotProven('it joins by a hidden field');
    } else if (stage === '$unionWith') {
      const access = this.read(options.coll);
      this.beginsWithGuard(options.pipeline, access);
    } else if (stage === '$graphLookup') {
      const { rows, readable } = this.read(options.from);
      const { $and: all } = (options.restrictSearchWithMatch ?? {}) as Value;
      if (Object.keys(rows).length > 0 && !(Array.isArray(all) && isDeepStrictEqual(all[0], rows)))
        throw new NotProven('$graphLookup does not restrict its rows');
      for (const path of [options.connectFromField, options.connectToField])
        if (typeof path !== 'string' || !readable(path)) throw new NotProven('it connects by a hidden field');
    }
  }

  /** Whether a stage takes the hidden fields out of the $graphLookup before it, as it must where there are any. */
  #hidesGraph(before: unknown, stage: unknown): boolean {
    const graph = (before as Value | undefined)?.$graphLookup as Value | undefined;
    if (!graph) return false;
    const access = this.read(graph.from);
    const hidden = this.guard(access).flatMap(({ $project }) => ($project ? Object.keys($project) : []));
    if (hidden.length === 0) return false;
    const expected = { $project: Object.fromEntries(hidden.map((path) => [`${String(graph.as)}.${path}`, 0])) };
    if (!isDeepStrictEqual(stage, expected)) throw new NotProven('$graphLookup shows hidden fields');
    return true;
  }

  #text(text: string): void {
    if (!text.startsWith('$')) return;
    const [variable = '', ...path] = text.startsWith('$$')
      ? text.slice(2).split('.')
      : ['', ...text.slice(1).split('.')];
    if (/^\p{Lu}/u.test(variable) && !systemVariables.has(variable))
      throw new NotProven(`'${text}' is not a variable of the list`);
    this.#names(path.join('.'));
  }

  #names(path: string): void {
    for (const name of path.split('.'))
      if (name === '__proto__' || this.#read.some(({ deniesName }) => deniesName(name)))
        throw new NotProven('it names a field that the policy hides');
  }
}
