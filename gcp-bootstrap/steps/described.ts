/** Fields of what Google describes, by their paths. */
import type { FieldChange, Fields, Value } from '../engine/resource.ts';
import type { Hardening } from './hardening.ts';

export type Described = Readonly<Record<string, unknown>>;

/** Undefined where a part of the path is not there. */
export const at = (described: unknown, path: string): Value | undefined =>
  path
    .split('.')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | null | undefined)?.[key], described) as
    | Value
    | undefined;

/** The API leaves out what is false, 0 or empty. */
export const shown = (described: unknown, { field, value }: Pick<Hardening, 'field' | 'value'>): Value => {
  const paths = typeof field === 'string' ? [field] : field;
  const found = paths.map((path) => at(described, path)).find((one) => one !== undefined);
  return found ?? (typeof value === 'boolean' ? false : '');
};

export const wantedOf = (all: readonly Hardening[]): Fields =>
  Object.fromEntries(all.map(({ setting, value }) => [setting, value]));

export const fieldsOf = (all: readonly Hardening[], described: unknown): Fields =>
  Object.fromEntries(all.map((one) => [one.setting, shown(described, one)]));

/** Flags that may be left out where gcloud lacks them, with what is then not so. */
export const optionalFlags = (all: readonly Hardening[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    all.flatMap(({ create, without }) =>
      without === undefined ? [] : create.map((flag) => [flag.split('=', 1)[0] ?? flag, without]),
    ),
  );

/** Groups of flags for what changed; undefined where one of them has none. gcloud takes one group a call. */
export function updates(all: readonly Hardening[], changes: readonly FieldChange[]): (readonly string[])[] | undefined {
  const flags = changes.flatMap(({ field }) => {
    const known = all.find(({ setting }) => setting === field);
    return known ? [known.update] : [];
  });
  return flags.every((one) => one !== undefined) ? flags : undefined;
}
