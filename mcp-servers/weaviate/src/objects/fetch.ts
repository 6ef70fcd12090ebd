import type { Property } from '../catalogue/collection.ts';
import type { Reach } from '../policy/reach.ts';
import type { Visible } from '../policy/visible.ts';
import { boundary, isOwn, ofTenant, withOwner } from '../search/candidates.ts';
import type { Database } from '../weaviate/database.ts';
import { selectionOf, type Values, valuesOf } from './values.ts';

/** Objects by their ids, as far as the caller can reach them. @throws {ToolRefusal} as `Database.ask` does */
export async function objectsByIds(
  database: Database,
  { visible, reach }: { readonly visible: Visible; readonly reach: Reach },
  ids: readonly string[],
  properties: readonly Property[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Values>> {
  if (ids.length === 0) return new Map();
  const filters = boundary(reach, [{ operator: 'ContainsAny', target: { property: '_id' }, value: [...ids] }]);
  const found = await ofTenant(async () => {
    const { objects } = await database.ask(visible.name, reach, signal, (shard, call) =>
      shard.query.fetchObjects(
        {
          ...(filters && { filters }),
          limit: ids.length,
          returnProperties: selectionOf(withOwner(properties, reach)) as string[],
        },
        call,
      ),
    );
    return objects;
  });
  return new Map(
    found
      .filter((one) => isOwn(one.properties, reach))
      .map(({ uuid, properties: given }) => [uuid, valuesOf(given, properties)]),
  );
}
