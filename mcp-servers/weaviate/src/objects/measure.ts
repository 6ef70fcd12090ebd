import type { Property } from '../catalogue/collection.ts';
import { compileFilter } from '../filters/compile.ts';
import type { Filter } from '../filters/filter.ts';
import type { Opened } from '../policy/library.ts';
import { boundary, ofTenant } from '../search/candidates.ts';
import type { Database } from '../weaviate/database.ts';
import type { Value, Values } from './values.ts';

const kinds = { int: 'integer', number: 'number', boolean: 'boolean', date: 'date', text: 'text' } as const;

/** What is measured of a property. */
export interface Metric {
  readonly property: string;
  readonly kind: (typeof kinds)[keyof typeof kinds];
}

/** How a property can be measured. Not set: it cannot. */
export function metricsOf({ name, type }: Property): Metric | undefined {
  const kind = type in kinds ? kinds[type as keyof typeof kinds] : undefined;
  return kind === undefined ? undefined : { property: name, kind };
}

export interface Measure extends Opened {
  readonly filter?: Filter;
  readonly group?: Property;
  readonly metrics: readonly Metric[];
  /** Most groups. */
  readonly limit: number;
}

export interface Measured {
  /** The value that all of the group have. */
  readonly group?: Value;
  readonly count: number;
  /** By `property.measure`, such as `views.mean`. */
  readonly values: Values;
}

/** What an aggregation of the client is told and tells; its own types follow the type of the collection. */
interface Told {
  readonly totalCount: number;
  readonly properties?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly groupedBy?: { readonly value: unknown };
}

/** Counts and measures, for all objects or for each group, the largest first. @throws {ToolRefusal} */
export async function measure(
  database: Database,
  { visible, reach, filter, group, metrics, limit }: Measure,
  signal: AbortSignal,
): Promise<readonly Measured[]> {
  const filters = boundary(reach, filter === undefined ? [] : [compileFilter(filter, visible)]);
  const returnMetrics = metrics.map((metric) => requestOf(metric, limit));
  const options = { ...(filters && { filters }), ...(returnMetrics.length > 0 && { returnMetrics }) };
  const told = await ofTenant(() =>
    database.ask(visible.name, reach, signal, async ({ aggregate }): Promise<readonly Told[]> => {
      if (group === undefined) return [(await aggregate.overAll(options)) as Told];
      return (await aggregate.groupBy
        .overAll({ ...options, groupBy: { property: group.name, limit } })
        .catch(noneOfNoGroups)) as readonly Told[];
    }),
  );
  if (told.length === 0 && group === undefined) return [{ count: 0, values: {} }];
  return told
    .map(({ totalCount, properties = {}, groupedBy }) => ({
      ...(groupedBy && { group: groupedBy.value as Value }),
      count: totalCount,
      values: flat(properties, metrics),
    }))
    .toSorted((a, b) => b.count - a.count);
}

/** Where no object has a group, the client takes Weaviate's answer for a broken one. */
function noneOfNoGroups(error: unknown): readonly Told[] {
  if (error instanceof Error && /No grouped results/.test(error.message)) return [];
  throw error;
}

function requestOf({ property, kind }: Metric, limit: number) {
  const base = { propertyName: property };
  switch (kind) {
    case 'integer':
    case 'number':
      return { ...base, kind, count: true, minimum: true, maximum: true, mean: true, median: true, sum: true };
    case 'date':
      return { ...base, kind, count: true, minimum: true, maximum: true, median: true };
    case 'boolean':
      return { ...base, kind, count: true, totalTrue: true, totalFalse: true };
    case 'text':
      return { ...base, kind, count: true, topOccurrences: { occurs: true, value: true }, minOccurrences: limit };
  }
}

function flat(properties: NonNullable<Told['properties']>, metrics: readonly Metric[]): Values {
  return Object.fromEntries(
    metrics.flatMap(({ property }) =>
      Object.entries(properties[property] ?? {}).flatMap(([name, value]) =>
        value === undefined || value === null ? [] : [[`${property}.${name}`, value as Value] as const],
      ),
    ),
  );
}
