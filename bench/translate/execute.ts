/** Runs a query in memory, for the score of its rows. */
import { Aggregator, Query } from 'mingo';
import type { Mql } from '../../mcp-servers/mongodb/src/compile/compile.ts';
import type { Collections } from './dataset.ts';

type Row = Record<string, unknown>;

/** Rows of a query. Equality joins are matched as the server does: an element at most once, through arrays. */
export function execute(mql: Mql, collections: Collections): unknown[] {
  const documents = (collections[mql.collection] ?? []) as Row[];
  if (mql.operation === 'find') {
    const cursor = new Query(mql.filter).find<Row>(documents, mql.projection);
    if (mql.sort) cursor.sort({ ...mql.sort });
    if (mql.limit !== undefined) cursor.limit(mql.limit);
    return cursor.all();
  }
  let rows = documents;
  let ready: Row[] = [];
  const flush = () => {
    if (ready.length > 0)
      rows = new Aggregator(ready, { collectionResolver: (name: string) => (collections[name] ?? []) as Row[] }).run(
        rows,
      ) as Row[];
    ready = [];
  };
  for (const stage of mql.pipeline as Row[]) {
    const lookup = stage.$lookup as
      | { from: string; localField?: string; foreignField?: string; as: string }
      | undefined;
    if (lookup?.localField === undefined || lookup.foreignField === undefined) {
      ready.push(stage);
      continue;
    }
    flush();
    const { from, localField, foreignField, as } = lookup;
    const foreign = (collections[from] ?? []) as Row[];
    rows = rows.map((row) => {
      const local = new Set(valuesAt(row, localField.split('.')));
      return {
        ...row,
        [as]: foreign.filter((other) => valuesAt(other, foreignField.split('.')).some((value) => local.has(value))),
      };
    });
  }
  flush();
  return rows;
}

function valuesAt(value: unknown, path: readonly string[]): unknown[] {
  if (Array.isArray(value)) return value.flatMap((element) => valuesAt(element, path));
  const [first, ...rest] = path;
  if (first === undefined) return [value];
  return typeof value === 'object' && value !== null ? valuesAt((value as Row)[first], rest) : [];
}
