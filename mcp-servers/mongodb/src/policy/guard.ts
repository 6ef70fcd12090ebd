/** The stages that every reading of a collection begins with: the caller's rows, then the fields that may be seen. */
import type { CollectionAccess } from './access.ts';

export type Stage = Readonly<Record<string, unknown>>;
export type Pipeline = readonly Stage[];

/** Paths of fields that a sample of a collection has, hidden ones too. */
export type KnownPaths = (collection: string) => readonly string[];

/** Stands for the fields that are shown where there are none. */
const NOTHING = '__nothing_may_be_read';

/**
 * What comes after these stages has nothing in it that the caller may not see, whatever it is renamed to. Fields that no sample
 * had are told by their names, where a query names them and where a row is handed out.
 */
export function guardOf(access: CollectionAccess, knownPaths: readonly string[]): Pipeline {
  const { rows, allow } = access;
  const hidden = hiddenPaths(access, knownPaths);
  return [
    ...(Object.keys(rows).length > 0 ? [{ $match: rows }] : []),
    ...(allow ? [{ $project: inclusion(access, allow, knownPaths) }] : []),
    ...(hidden.length > 0 ? [{ $project: Object.fromEntries(hidden.map((path) => [path, 0])) }] : []),
  ];
}

/** The shortest paths that are hidden by name, or by their own path. */
export function hiddenPaths({ deniedPaths, deniesName }: CollectionAccess, knownPaths: readonly string[]): string[] {
  const byName = knownPaths.flatMap((path) => {
    const steps = path.split('.');
    const at = steps.findIndex(deniesName);
    return at < 0 ? [] : [steps.slice(0, at + 1).join('.')];
  });
  return outermost([...deniedPaths, ...byName]);
}

function inclusion({ readable }: CollectionAccess, allow: readonly string[], knownPaths: readonly string[]) {
  const exact = allow.filter((pattern) => !pattern.includes('*'));
  const found = allow.length === exact.length ? [] : knownPaths.filter(readable);
  const shown = outermost([...exact, ...found]);
  const id = shown.includes('_id') ? {} : { _id: 0 };
  return { ...id, ...Object.fromEntries((shown.length > 0 ? shown : [NOTHING]).map((path) => [path, 1])) };
}

/** Each path once, and none within another: the server takes no projection that names both. In one order, always. */
const outermost = (paths: readonly string[]): string[] =>
  [...new Set(paths)].filter((path) => !paths.some((other) => path.startsWith(`${other}.`))).toSorted();
