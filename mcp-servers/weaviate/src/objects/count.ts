import type { Opened } from '../policy/library.ts';
import { boundary, ofTenant } from '../search/candidates.ts';
import type { Database } from '../weaviate/database.ts';

/** How many objects a caller reaches. @throws {ToolRefusal} as `Database.ask` does */
export async function countObjects(
  database: Database,
  { visible, reach }: Opened,
  signal: AbortSignal,
): Promise<number> {
  const filters = boundary(reach, []);
  const [count = 0] = await ofTenant(async () => {
    const { totalCount } = await database.ask(visible.name, reach, signal, (shard) =>
      shard.aggregate.overAll(filters ? { filters } : {}),
    );
    return [totalCount];
  });
  return count;
}
