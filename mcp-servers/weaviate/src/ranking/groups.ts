/** Results in groups of one value each, such as the chunks of a document. */

export interface Grouping {
  /** Most groups. */
  readonly groups: number;
  /** Most items of one group. */
  readonly perGroup: number;
}

export interface Grouped<One> {
  readonly item: One;
  readonly group: string;
}

/** Groups in the order of their best item, each with its best items. Items without a value are a group of their own, `(none)`. */
export function grouped<One>(
  items: readonly One[],
  keyOf: (item: One) => unknown,
  { groups: most, perGroup }: Grouping,
): readonly Grouped<One>[] {
  const groups = new Map<string, One[]>();
  for (const item of items) {
    const value = keyOf(item);
    const name =
      value === undefined || value === null ? '(none)' : typeof value === 'string' ? value : JSON.stringify(value);
    const members = groups.get(name);
    if (members) members.push(item);
    else if (groups.size < most) groups.set(name, [item]);
  }
  return [...groups].flatMap(([group, members]) => members.slice(0, perGroup).map((item) => ({ item, group })));
}
