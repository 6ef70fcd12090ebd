/** Refuses what would read a large collection from beginning to end, with the index that would help. */
import { ToolRefusal } from '@ai-orchestra/mcp-kit';
import type { Policed } from '../policy/apply.ts';
import type { Database, Effort } from './database.ts';
import type { Facts } from './facts.ts';
import { isServed, type Reach, reachesOf } from './reach.ts';

/** How a query reads each collection. */
export interface ReadPlan {
  readonly collection: string;
  readonly documents: number;
  /** `index`: looked for or ordered by one; `few`: a small collection, or the first documents; `scan`: from beginning to end. */
  readonly reads: 'index' | 'few' | 'scan';
  /** Of the server, where it tells. */
  readonly indexes?: readonly string[];
  /** The key of an index that would help. */
  readonly helps?: string;
}

/**
 * How a query would be read. The server's own plan decides about the query's own collection where there is one; else, and for what is
 * joined, the size of the collection and its indexes do.
 * @param scan most documents of a collection that may be read from beginning to end
 */
export async function readPlans(
  query: Policed,
  scan: number,
  database: Database,
  facts: Facts,
  effort: Effort,
): Promise<ReadPlan[]> {
  const reaches = reachesOf(query);
  return Promise.all(
    reaches.map(async (reach, at): Promise<ReadPlan> => {
      const documents = await facts.size(reach.collection, effort);
      const about = { collection: reach.collection, documents };
      if (documents <= scan || reach.stopsEarly) return { ...about, reads: 'few' };
      const plan = at === 0 ? summaryOf(await database.explain(query, effort)) : undefined;
      const served = plan ? !plan.scans : isServed(reach, await facts.indexes(reach.collection, effort));
      if (served) return { ...about, reads: 'index', ...(plan && { indexes: plan.indexes }) };
      const helps = keyThatHelps(reach);
      return { ...about, reads: 'scan', ...(helps !== undefined && { helps }) };
    }),
  );
}

/** @throws ToolRefusal `cost` */
export function refuseScans(plans: readonly ReadPlan[], scan: number): void {
  const scans = plans.filter(({ reads }) => reads === 'scan');
  if (scans.length === 0) return;
  const said = scans.map(({ collection, documents }) => `'${collection}' (${documents} documents)`).join(', ');
  const indexes = scans.flatMap(({ collection, helps }) => (helps === undefined ? [] : [`${collection}: ${helps}`]));
  throw new ToolRefusal(
    'cost',
    `The query would read all of ${said}; more than ${scan} are read by an index only.`,
    indexes.length > 0
      ? `Filter by an indexed field (collection_indexes), or ask the operator for an index such as ${indexes.join('; ')}.`
      : 'Filter by an indexed field; collection_indexes lists them.',
  );
}

/** Equality and ranges first, then the order, as the server's own advice is. */
function keyThatHelps({ fields, order }: Reach): string | undefined {
  const own = [...new Set([...fields, ...(order === undefined ? [] : [order])])].slice(0, 3);
  return own.length > 0 ? JSON.stringify(Object.fromEntries(own.map((field) => [field, 1]))) : undefined;
}

/** What an explanation says of indexes; its hosts and the query itself are left out. */
export function summaryOf(
  explained: unknown,
): { readonly scans: boolean; readonly indexes: readonly string[] } | undefined {
  if (explained === undefined) return undefined;
  const indexes = new Set<string>();
  let scans = false;
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    for (const [key, item] of Object.entries(value)) {
      if (key === 'rejectedPlans') continue;
      if (key === 'stage' && item === 'COLLSCAN') scans = true;
      if (key === 'indexName' && typeof item === 'string') indexes.add(item);
      visit(item);
    }
  };
  visit(explained);
  return { scans, indexes: [...indexes] };
}
