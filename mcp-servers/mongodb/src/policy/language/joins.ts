/** Stages that read another collection: its rows and fields are the caller's there too. */
import { guardOf, type Pipeline } from '../guard.ts';
import { type Check, isObject, type Place, quoted, within } from './check.ts';
import { checkExpression, checkVariable } from './expression.ts';
import { checkFilter } from './filter.ts';
import { optionsOf } from './options.ts';

type Policed = (pipeline: unknown, place: Place, check: Check) => Pipeline;

/** `$lookup`, with `localField` and `foreignField`, with a pipeline, or with both. */
export function lookup(spec: unknown, place: Place, check: Check, policed: Policed): Pipeline {
  const {
    from,
    localField,
    foreignField,
    let: variables,
    pipeline,
    as,
  } = optionsOf(spec, ['from', 'localField', 'foreignField', 'let', 'pipeline', 'as'], place, check);
  checkAs(as, place, check);
  const access = check.collection(from, within(place, 'from'));
  if (!access) return [];
  const guard = guardOf(access, check.knownPaths(access.name));
  const names = checkLet(variables, place, check);
  const own =
    pipeline === undefined
      ? []
      : policed(
          pipeline,
          { ...within(place, 'pipeline'), documents: access, variables: new Set([...place.variables, ...names]) },
          check,
        );
  const byFields = localField !== undefined || foreignField !== undefined;
  if (byFields) {
    checkField(localField, within(place, 'localField'), check);
    checkField(foreignField, within(place, 'foreignField'), check);
    // The server compares with the document as it is: what contains a hidden field would tell of it.
    const hides = guard.some((stage) => '$project' in stage);
    if (
      hides &&
      typeof foreignField === 'string' &&
      check.knownPaths(access.name).some((path) => path.startsWith(`${foreignField}.`))
    )
      check.mistake(
        'policy',
        within(place, 'foreignField'),
        `${quoted(foreignField)} is a document`,
        'Join by a field that holds one value.',
      );
    if (typeof foreignField === 'string')
      check.path(foreignField, { ...within(place, 'foreignField'), documents: access });
  } else if (pipeline === undefined)
    check.mistake(
      'argument',
      place,
      'it needs localField and foreignField, or a pipeline',
      'Say how the documents belong together.',
    );
  const inner = [...guard, ...own];
  const let_ = variables === undefined ? {} : { let: variables };
  if (!byFields) return [{ $lookup: { from, ...let_, pipeline: inner, as } }];
  if (inner.length === 0) return [{ $lookup: { from, localField, foreignField, as } }];
  if (check.dialect.conciseLookup)
    return [{ $lookup: { from, localField, foreignField, ...let_, pipeline: inner, as } }];
  return [
    {
      $lookup: {
        from,
        let: { ...(isObject(variables) ? variables : {}), localFieldValue: { $ifNull: [`$${localField}`, null] } },
        pipeline: [...guard, { $match: { $expr: sharesValue('$$localFieldValue', `$${foreignField}`) } }, ...own],
        as,
      },
    },
  ];
}

/** Whether two values are equal, or lists have one in common, as `localField` and `foreignField` are compared. */
function sharesValue(local: string, foreign: string) {
  const own = { $ifNull: [foreign, null] };
  const when = (condition: unknown, then: unknown) => ({ $cond: [condition, then, false] });
  const [localIsList, foreignIsList] = [{ $isArray: local }, { $isArray: foreign }];
  return {
    $or: [
      { $eq: [own, local] },
      when(localIsList, { $in: [own, local] }),
      when(foreignIsList, { $in: [local, foreign] }),
      when({ $and: [localIsList, foreignIsList] }, { $gt: [{ $size: { $setIntersection: [local, foreign] } }, 0] }),
    ],
  };
}

export function unionWith(spec: unknown, place: Place, check: Check, policed: Policed): Pipeline {
  const { coll, pipeline = [] } =
    typeof spec === 'string' ? { coll: spec } : optionsOf(spec, ['coll', 'pipeline'], place, check);
  const access = check.collection(coll, within(place, 'coll'));
  if (!access) return [];
  const own = policed(pipeline, { ...within(place, 'pipeline'), documents: access }, check);
  return [{ $unionWith: { coll, pipeline: [...guardOf(access, check.knownPaths(access.name)), ...own] } }];
}

/** It has no pipeline of its own: rows are restricted within, and fields removed from its result at once. */
export function graphLookup(spec: unknown, place: Place, check: Check): Pipeline {
  const options = optionsOf(
    spec,
    [
      'from',
      'startWith',
      'connectFromField',
      'connectToField',
      'as',
      'maxDepth',
      'depthField',
      'restrictSearchWithMatch',
    ],
    place,
    check,
  );
  const {
    from,
    startWith,
    connectFromField,
    connectToField,
    as,
    maxDepth,
    depthField,
    restrictSearchWithMatch = {},
  } = options;
  checkAs(as, place, check);
  const access = check.collection(from, within(place, 'from'));
  if (!access) return [];
  checkExpression(startWith, within(place, 'startWith'), check);
  for (const [name, path] of Object.entries({ connectFromField, connectToField })) {
    const here = { ...within(place, name), documents: access };
    checkField(path, here, check);
    if (typeof path !== 'string') continue;
    check.path(path, here);
    if (check.knownPaths(access.name).some((known) => known.startsWith(`${path}.`)))
      check.mistake('policy', here, `${quoted(path)} is a document`, 'Connect by a field that holds one value.');
  }
  checkFilter(restrictSearchWithMatch, { ...within(place, 'restrictSearchWithMatch'), documents: access }, check);
  if (maxDepth !== undefined && !(Number.isInteger(maxDepth) && Number(maxDepth) >= 0 && Number(maxDepth) <= 20))
    check.mistake(
      'argument',
      within(place, 'maxDepth'),
      `given ${quoted(maxDepth)}`,
      'It takes a whole number from 0 to 20.',
    );
  if (depthField !== undefined) checkAs(depthField, within(place, 'depthField'), check);
  const [shown, ...others] = guardOf(access, check.knownPaths(access.name)).flatMap((stage) =>
    '$project' in stage ? [stage.$project] : [],
  );
  const exclusion = isObject(shown) && Object.values(shown).every((value) => value === 0) ? shown : undefined;
  if (shown !== undefined && (others.length > 0 || !exclusion || access.allow))
    check.mistake(
      'policy',
      place,
      `${quoted(from)} cannot be read by $graphLookup`,
      'Use $lookup: it shows the fields that may be read.',
    );
  const search =
    Object.keys(access.rows).length === 0 ? restrictSearchWithMatch : { $and: [access.rows, restrictSearchWithMatch] };
  return [
    { $graphLookup: { ...options, restrictSearchWithMatch: search } },
    ...(exclusion
      ? [{ $project: Object.fromEntries(Object.keys(exclusion).map((path) => [`${String(as)}.${path}`, 0])) }]
      : []),
  ];
}

function checkAs(as: unknown, place: Place, check: Check): void {
  if (typeof as !== 'string' || !/^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(as))
    check.mistake(
      'argument',
      within(place, 'as'),
      `given ${quoted(as)}`,
      'It takes a name of letters, digits and "_".',
    );
  else check.name(as, within(place, 'as'));
}

function checkField(path: unknown, place: Place, check: Check): void {
  if (typeof path === 'string') {
    const { documents, ...anywhere } = place;
    check.path(path, anywhere);
  } else check.mistake('argument', place, `given ${quoted(path)}`, 'It takes the path of a field.');
}

function checkLet(variables: unknown, place: Place, check: Check): string[] {
  if (variables === undefined) return [];
  const here = within(place, 'let');
  if (!isObject(variables)) {
    check.mistake('argument', here, `given ${quoted(variables)}`, 'It takes expressions by name.');
    return [];
  }
  return Object.entries(variables).flatMap(([name, value]) => {
    checkExpression(value, within(here, name), check);
    return checkVariable(name, within(here, name), check) ? [name] : [];
  });
}
