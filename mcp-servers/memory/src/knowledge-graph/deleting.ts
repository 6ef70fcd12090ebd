import { type Answer, defineTool } from '@ai-orchestra/mcp-kit';
import * as z from 'zod';
import { type Dependencies, WRITE } from '../tools/dependencies.ts';
import { deletedObservations, namesArgument, relationsArgument } from './arguments.ts';
import { keyOf, readGraph } from './graph.ts';
import { remove } from './writing.ts';

const output = z.object({ success: z.boolean(), message: z.string() });
const deleting = { readOnly: false, destructive: true, idempotent: true } as const;

/** The same words as the reference server's, also where there was nothing to delete. */
const done = (message: string, records: number): Answer<z.output<typeof output>> => ({
  kind: 'answer',
  structured: { success: true, message },
  text: [{ kind: 'note', text: message }],
  counts: { records },
});

export function deleteEntitiesTool({ memory: access }: Dependencies) {
  return defineTool({
    name: 'delete_entities',
    title: 'Delete entities',
    description: 'Delete multiple entities and their associated relations from the knowledge graph',
    input: z.object({ entityNames: namesArgument.describe('An array of entity names to delete') }),
    output,
    annotations: deleting,
    scope: WRITE,
    async run({ entityNames }, call) {
      const service = access(call);
      const graph = await readGraph(service);
      const names = new Set(entityNames);
      const entities = [...names].flatMap((name) => graph.entities.get(name) ?? []);
      const relations = [...graph.relations.values()].filter(
        ({ relation: { from, to } }) => names.has(from) || names.has(to),
      );
      // Without its entity an observation is not shown any more, so the entities go first.
      const ids = [
        ...entities.flatMap((entity) => entity.ids),
        ...relations.flatMap((relation) => relation.ids),
        ...entities.flatMap(({ observations }) => [...observations.values()].flat()),
        ...[...names].flatMap((name) => graph.leftovers.get(name) ?? []),
      ];
      await remove(service, call, ids);
      return done('Entities deleted successfully', ids.length);
    },
  });
}

export function deleteObservationsTool({ memory: access }: Dependencies) {
  return defineTool({
    name: 'delete_observations',
    title: 'Delete observations',
    description: 'Delete specific observations from entities in the knowledge graph',
    input: z.object({ deletions: deletedObservations }),
    output,
    annotations: deleting,
    scope: WRITE,
    async run({ deletions }, call) {
      const service = access(call);
      const graph = await readGraph(service);
      const ids = deletions.flatMap(({ entityName, observations }) => {
        const known = graph.entities.get(entityName)?.observations;
        return [...new Set(observations)].flatMap((content) => known?.get(content) ?? []);
      });
      await remove(service, call, [...new Set(ids)]);
      return done('Observations deleted successfully', ids.length);
    },
  });
}

export function deleteRelationsTool({ memory: access }: Dependencies) {
  return defineTool({
    name: 'delete_relations',
    title: 'Delete relations',
    description: 'Delete multiple relations from the knowledge graph',
    input: z.object({ relations: relationsArgument.describe('An array of relations to delete') }),
    output,
    annotations: deleting,
    scope: WRITE,
    async run({ relations }, call) {
      const service = access(call);
      const graph = await readGraph(service);
      const ids = relations.flatMap((relation) => graph.relations.get(keyOf(relation))?.ids ?? []);
      await remove(service, call, [...new Set(ids)]);
      return done('Relations deleted successfully', ids.length);
    },
  });
}
