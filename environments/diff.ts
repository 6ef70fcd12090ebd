/** What one environment says and another says differently. */
import type { Environment } from './schema.ts';
import { leaves, pathText, valueText } from './settings.ts';

/** A setting that two environments do not share. */
export interface SettingDifference {
  readonly path: string;
  /** Undefined where the setting is not there. */
  readonly left: string | undefined;
  readonly right: string | undefined;
}

/** What differs between two environments, in the order of the first. */
export function differences(left: Environment, right: Environment): SettingDifference[] {
  const [a, b] = [left, right].map(
    (environment) => new Map(leaves(environment).map(({ path, value }) => [pathText(path), valueText(value)])),
  );
  const paths = [...new Set([...(a?.keys() ?? []), ...(b?.keys() ?? [])])];
  return paths
    .map((path) => ({ path, left: a?.get(path), right: b?.get(path) }))
    .filter((row) => row.left !== row.right);
}
