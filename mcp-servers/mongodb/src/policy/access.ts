/** A policy as it is for one caller. */
import type { Caller } from '@ai-orchestra/mcp-kit';
import { type Matches, matcher } from './patterns.ts';
import type { CollectionPolicy, Policy, Restriction } from './policy.ts';
import { looksSecret } from './secret-names.ts';

export type Scalar = string | number | boolean;
/** Conditions on fields of a row, each an equality or a set; all hold. */
export type RowFilter = Readonly<Record<string, { readonly $eq: Scalar } | { readonly $in: readonly Scalar[] }>>;

/** What one caller may read of one collection. */
export interface CollectionAccess {
  readonly name: string;
  /** Empty: every row. */
  readonly rows: RowFilter;
  /** Paths or patterns that alone are shown; undefined: all but what is hidden. */
  readonly allow: readonly string[] | undefined;
  /** Hidden besides the names. */
  readonly deniedPaths: readonly string[];
  /** Whether a name, without dots, is hidden at any depth. */
  readonly deniesName: Matches;
  /** Whether the value at a path from the root of the document may be read; the parents of what is shown may be named too. */
  readonly readable: Matches;
  readonly limits: CollectionPolicy['limits'];
}

/** What one caller may read. */
export interface Access {
  /** Undefined where the caller may not know of it. */
  collection(name: string): CollectionAccess | undefined;
  /** Equal for callers that see the same: their catalogues can be shared. */
  readonly key: string;
}

/** Collections of the server itself, and names that the wire protocol gives a meaning. */
const isInternal = (name: string) =>
  name.startsWith('system.') || name.includes('$') || name.includes('\0') || name === '';

/**
 * @param isView whether a collection is a view: it shows rows of others under its own name, so that only an entry with its name
 * lets it be read, never a pattern
 */
export function accessOf(policy: Policy, caller: Caller, isView: Matches = () => false): Access {
  const known = new Map<string, CollectionAccess | undefined>();
  const patterns = Object.entries(policy.collections).map(([pattern, own]) => ({ matches: matcher([pattern]), own }));
  const entryOf = (name: string) =>
    Object.hasOwn(policy.collections, name)
      ? policy.collections[name]
      : isView(name)
        ? undefined
        : patterns.find(({ matches }) => matches(name))?.own;
  return {
    key: JSON.stringify(Object.values(policy.collections).map(({ rows }) => rowFilter(rows, caller) ?? null)),
    collection(name) {
      if (!known.has(name)) {
        const entry = isInternal(name) ? undefined : entryOf(name);
        known.set(name, entry?.read === true ? collectionAccess(name, entry, caller) : undefined);
      }
      return known.get(name);
    },
  };
}

function collectionAccess(
  name: string,
  { fields, rows, limits }: CollectionPolicy,
  caller: Caller,
): CollectionAccess | undefined {
  const filter = rowFilter(rows, caller);
  if (!filter) return undefined;
  const { allow, deny, reveal } = fields;
  const revealed = matcher(reveal);
  const named = matcher(deny.filter((pattern) => !pattern.includes('.')));
  const deniedPaths = deny.filter((pattern) => pattern.includes('.'));
  const denied = matcher(deniedPaths);
  const allowed = allow && matcher(allow);
  const deniesName: Matches = (own) => named(own) || (looksSecret(own) && !revealed(own));
  return {
    name,
    rows: filter,
    allow,
    deniedPaths,
    deniesName,
    limits,
    readable(path) {
      const steps = path.split('.').filter((step) => !/^\d+$/.test(step));
      const prefixes = steps.map((_, index) => steps.slice(0, index + 1).join('.'));
      if (steps.some(deniesName) || prefixes.some(denied)) return false;
      return !allowed || prefixes.some(allowed) || leadsTo(steps.join('.'), allow);
    },
  };
}

/** Whether a path contains something that is shown. */
const leadsTo = (path: string, allow: readonly string[]) =>
  allow.some((shown) => shown.startsWith(`${path}.`) || shown.startsWith('*'));

/** Undefined where the caller's token does not have what a row is told by: then no row is the caller's. */
function rowFilter(rows: Readonly<Record<string, Restriction>>, caller: Caller): RowFilter | undefined {
  const filter: Record<string, { $eq: Scalar } | { $in: readonly Scalar[] }> = {};
  for (const [path, restriction] of Object.entries(rows)) {
    const values = valuesOf(restriction, caller);
    const [only, ...others] = values ?? [];
    if (values === undefined || only === undefined) return undefined;
    filter[path] = others.length === 0 ? { $eq: only } : { $in: values };
  }
  return filter;
}

const isScalar = (value: unknown): value is Scalar =>
  typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));

function valuesOf(restriction: Restriction, caller: Caller): readonly Scalar[] | undefined {
  if (isScalar(restriction)) return [restriction];
  if ('in' in restriction) return restriction.in;
  const said =
    'caller' in restriction
      ? caller[restriction.caller]
      : Object.hasOwn(caller.claims, restriction.claim)
        ? caller.claims[restriction.claim]
        : undefined;
  const values = Array.isArray(said) ? said : [said];
  return values.length <= 1000 && values.every((value) => isScalar(value) && value !== '') ? values : undefined;
}
