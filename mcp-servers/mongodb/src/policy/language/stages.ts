/** The stages of a pipeline: each is checked, and written anew with the policy in it. */
import { guardOf, type Pipeline, type Stage } from '../guard.ts';
import { type Check, isObject, notAllowed, type Place, within } from './check.ts';
import { checkExpression, checkReference } from './expression.ts';
import { checkFields, checkGroup, checkProjection, checkSort, checkWindow } from './fields.ts';
import { checkFilter } from './filter.ts';
import { graphLookup, lookup, unionWith } from './joins.ts';
import { needs, optionsOf } from './options.ts';

/** A stage as it is to be sent. */
type Rewrite = (spec: unknown, place: Place, check: Check) => Pipeline;

const stages: Readonly<Record<string, Rewrite>> = {
  $match: checked('$match', checkFilter),
  $project: checked('$project', checkProjection),
  $addFields: checked('$addFields', checkFields),
  // The older name of the same stage, which every server knows.
  $set: checked('$addFields', checkFields),
  $group: checked('$group', checkGroup),
  $sort: checked('$sort', checkSort),
  $limit: checked('$limit', (spec, place, check) => checkCount(spec, place, check, 1, 100_000)),
  $skip: checked('$skip', (spec, place, check) => checkCount(spec, place, check, 0, 100_000)),
  $sample: checked('$sample', checkSample),
  $unset: checked('$unset', checkUnset),
  $unwind: checked('$unwind', checkUnwind),
  $count: checked('$count', checkName),
  $sortByCount: checked('$sortByCount', checkExpression),
  $bucket: checked('$bucket', checkBucket),
  $bucketAuto: checked('$bucketAuto', checkBucket),
  $setWindowFields: checked('$setWindowFields', checkWindow),
  $replaceRoot: (spec, place, check) => {
    const options = optionsOf(spec, ['newRoot'], place, check);
    checkExpression(options.newRoot, within(place, 'newRoot'), check);
    return [{ $replaceRoot: options }];
  },
  $replaceWith: (spec, place, check) => {
    checkExpression(spec, place, check);
    return [{ $replaceRoot: { newRoot: spec } }];
  },
  $facet: (spec, place, check) => {
    if (!isObject(spec)) return needs(check, place, spec, 'pipelines by name');
    const parts = Object.entries(spec).map(([name, pipeline]) => {
      const here = within(place, name);
      check.name(name, here);
      return [name, policed(pipeline, here, check)] as const;
    });
    return [{ $facet: Object.fromEntries(parts) }];
  },
  $lookup: (spec, place, check) => lookup(spec, place, check, policed),
  $unionWith: (spec, place, check) => unionWith(spec, place, check, policed),
  $graphLookup: graphLookup,
};

/** Stages that leave the documents as they are: after them, paths are still those of the collection. */
const keeps = new Set(['$match', '$sort', '$limit', '$skip', '$sample']);

/** Checks a pipeline and writes it anew; without what it begins with where it reads a collection. */
export function policed(pipeline: unknown, place: Place, check: Check): Pipeline {
  if (!Array.isArray(pipeline)) return needs(check, place, pipeline, 'a list of stages');
  let here = place;
  const written: Stage[] = [];
  for (const [index, stage] of pipeline.entries()) {
    const at = within(here, index);
    check.countsStage(at);
    if (!check.counts(at)) return written;
    const [name, ...others] = isObject(stage) ? Object.keys(stage) : [];
    if (!isObject(stage) || name === undefined || others.length > 0) {
      needs(check, at, stage, 'one stage, such as {"$match": {"status": "active"}}');
      continue;
    }
    const rewrite = Object.hasOwn(stages, name) ? stages[name] : undefined;
    if (rewrite) written.push(...rewrite(stage[name], within(at, name), check));
    else notAllowed(name, at, check);
    if (!keeps.has(name)) {
      const { documents, ...after } = here;
      here = after;
    }
  }
  return written;
}

/** A pipeline over a collection, beginning with the caller's rows and fields; empty, with a mistake, where there is none. */
export function policedFrom(collection: unknown, pipeline: unknown, place: Place, check: Check): Pipeline {
  const access = check.collection(collection, place);
  if (!access) return [];
  return [
    ...guardOf(access, check.knownPaths(access.name)),
    ...policed(pipeline, { ...place, documents: access }, check),
  ];
}

function checked(name: string, verify: (spec: unknown, place: Place, check: Check) => void): Rewrite {
  return (spec, place, check) => {
    verify(spec, place, check);
    return [{ [name]: spec }];
  };
}

function checkCount(spec: unknown, place: Place, check: Check, least: number, most: number): void {
  const count = Number(spec);
  if (!Number.isInteger(count) || count < least || count > most)
    needs(check, place, spec, `a whole number from ${least} to ${most}`);
}

function checkName(spec: unknown, place: Place, check: Check): void {
  if (typeof spec !== 'string' || spec.includes('.')) needs(check, place, spec, 'a name without a dot');
  else check.name(spec, place);
}

function checkSample(spec: unknown, place: Place, check: Check): void {
  checkCount(optionsOf(spec, ['size'], place, check).size, within(place, 'size'), check, 1, check.limit);
}

function checkUnset(spec: unknown, place: Place, check: Check): void {
  for (const path of [spec].flat()) {
    if (typeof path === 'string') check.path(path, place);
    else needs(check, place, path, 'the path of a field, or a list of them');
  }
}

function checkUnwind(spec: unknown, place: Place, check: Check): void {
  const options =
    typeof spec === 'string'
      ? { path: spec }
      : optionsOf(spec, ['path', 'includeArrayIndex', 'preserveNullAndEmptyArrays'], place, check);
  const {
    path,
    includeArrayIndex: index,
    preserveNullAndEmptyArrays: keep,
  } = options as Readonly<Record<string, unknown>>;
  if (typeof path === 'string' && /^\$[^$]/.test(path)) checkReference(path, within(place, 'path'), check);
  else needs(check, place, path, 'a path that begins with $');
  if (index !== undefined) checkName(index, within(place, 'includeArrayIndex'), check);
  if (keep !== undefined && typeof keep !== 'boolean') needs(check, place, keep, 'true or false');
}

function checkBucket(spec: unknown, place: Place, check: Check): void {
  const {
    groupBy,
    boundaries,
    buckets,
    granularity,
    default: other,
    output,
  } = optionsOf(spec, ['groupBy', 'boundaries', 'buckets', 'granularity', 'default', 'output'], place, check);
  checkExpression(groupBy, within(place, 'groupBy'), check);
  for (const [name, value] of Object.entries({ boundaries, granularity, default: other }))
    if (value !== undefined) checkExpression({ $literal: value }, within(place, name), check);
  if (buckets !== undefined) checkCount(buckets, within(place, 'buckets'), check, 1, 1000);
  if (output !== undefined)
    checkGroup({ _id: null, ...(isObject(output) ? output : { output }) }, within(place, 'output'), check);
}
