import { type Check, isObject, type Place, quoted, within } from './check.ts';

/** What a stage or operator takes, where it was given something else. */
export function needs(check: Check, place: Place, given: unknown, what: string): readonly [] {
  check.mistake('argument', place, `given ${quoted(given)}`, `It takes ${what}.`);
  return [];
}

/** The options of a stage; one of another name is a mistake. */
export function optionsOf(
  spec: unknown,
  names: readonly string[],
  place: Place,
  check: Check,
): Readonly<Record<string, unknown>> {
  const what = `an object of ${names.join(', ')}`;
  if (!isObject(spec)) needs(check, place, spec, what);
  else for (const key of Object.keys(spec)) if (!names.includes(key)) needs(check, within(place, key), spec[key], what);
  return isObject(spec) ? spec : {};
}
