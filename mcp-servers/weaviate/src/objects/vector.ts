import { ToolRefusal } from '@ai-orchestra/mcp-kit';
import type { Vector } from '../catalogue/collection.ts';
import type { Opened } from '../policy/library.ts';
import { boundary, idFilter, isOwn, ofTenant, vectorOf, withOwner } from '../search/candidates.ts';
import type { Database } from '../weaviate/database.ts';
import { selectionOf } from './values.ts';

/** The vector of an object. @throws {ToolRefusal} `not_found` where the caller reaches no such object, or it has no vector */
export async function vectorById(
  database: Database,
  { visible, reach }: Opened,
  id: string,
  vector: Vector,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const filters = boundary(reach, [idFilter('Equal', id)]);
  const several = visible.vectors.length + visible.closedVectors.length > 1;
  const found = await ofTenant(async () => {
    const { objects } = await database.ask(visible.name, reach, signal, (shard, call) =>
      shard.query.fetchObjects(
        {
          ...(filters && { filters }),
          limit: 1,
          includeVector: several ? [vector.name] : true,
          returnProperties: selectionOf(withOwner([], reach)) as string[],
        },
        call,
      ),
    );
    return objects;
  });
  const own = found.find(({ properties }) => isOwn(properties, reach));
  if (own === undefined) throw notThere(id, visible.name);
  const values = vectorOf(own.vectors, vector.name);
  if (values !== undefined && values.length > 0) return values;
  throw new ToolRefusal('not_found', `The object ${id} has no vector.`, 'Find similar ones by text instead.');
}

export const notThere = (id: string, collection: string) =>
  new ToolRefusal(
    'not_found',
    `There is no object ${id} in ${collection} that you may read.`,
    'Use an id that search gives (_id).',
  );
