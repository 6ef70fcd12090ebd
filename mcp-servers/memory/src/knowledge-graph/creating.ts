import { randomUUID } from 'node:crypto';
import { type Block, type Call, defineTool, ToolRefusal } from '@ai-orchestra/mcp-kit';
import * as z from 'zod';
import { type Dependencies, WRITE } from '../tools/dependencies.ts';
import {
  entitiesArgument,
  entityResult,
  mark,
  marked,
  newObservations,
  relationResult,
  relationsArgument,
} from './arguments.ts';
import { type Entity, keyOf, type Relation, readGraph } from './graph.ts';
import { entityText, observationText, relationText } from './records.ts';
import { type NewRecord, remove, write } from './writing.ts';

const adding = { readOnly: false, idempotent: true } as const;

export function createEntitiesTool({ memory: access }: Dependencies) {
  return defineTool({
    name: 'create_entities',
    title: 'Create entities',
    description: 'Create multiple new entities in the knowledge graph',
    input: z.object({ entities: entitiesArgument }),
    output: z.object({ ...mark, entities: z.array(entityResult) }),
    annotations: adding,
    scope: WRITE,
    async run({ entities }, call) {
      const service = access(call);
      const graph = await readGraph(service);
      const wanted = firstOf(entities, ({ name }) => name).filter(({ name }) => !graph.entities.has(name));
      await remove(
        service,
        call,
        wanted.flatMap(({ name }) => graph.leftovers.get(name) ?? []),
      );
      const made = wanted.map((entity) => ({ entity, node: randomUUID(), observations: new Map<string, NewRecord>() }));
      let place = graph.last;
      const observations = made.flatMap(({ entity: { name, observations: contents }, node, observations: records }) =>
        [...new Set(contents)].map((content): NewRecord => {
          place += 1;
          const record: NewRecord = {
            text: observationText(name, content),
            metadata: { graph: 'observation', node, name, place },
          };
          records.set(content, record);
          return record;
        }),
      );
      const nodes = made.map(({ entity: { name, entityType }, node }): NewRecord => {
        place += 1;
        return { text: entityText(name, entityType), metadata: { graph: 'entity', node, name, entityType, place } };
      });
      // An entity is seen when it is whole.
      const held = await write(service, call, [...observations, ...nodes]);
      const created = made.flatMap(({ entity: { name, entityType }, observations: records }, index): Entity[] => {
        const node = nodes[index];
        if (node === undefined || held.has(node)) return [];
        const kept = [...records].filter(([, record]) => !held.has(record)).map(([content]) => content);
        return [{ name, entityType, observations: kept }];
      });
      return {
        kind: 'answer',
        structured: { ...marked, entities: created.map((one) => ({ ...one, observations: [...one.observations] })) },
        text: textOf(created, held.size),
        counts: { entities: created.length },
      };
    },
  });
}

export function createRelationsTool({ memory: access }: Dependencies) {
  return defineTool({
    name: 'create_relations',
    title: 'Create relations',
    description:
      'Create multiple new relations between entities in the knowledge graph. Relations should be in active voice',
    input: z.object({ relations: relationsArgument }),
    output: z.object({ ...mark, relations: z.array(relationResult) }),
    annotations: adding,
    scope: WRITE,
    async run({ relations }, call) {
      const service = access(call);
      const graph = await readGraph(service);
      const wanted = firstOf(relations, keyOf).filter((relation) => !graph.relations.has(keyOf(relation)));
      const records = wanted.map(
        ({ from, to, relationType }, index): NewRecord => ({
          text: relationText(from, relationType, to),
          metadata: { graph: 'relation', from, to, relationType, place: graph.last + index + 1 },
        }),
      );
      const held = await write(service, call, records);
      const created = wanted.filter((_, index) => !isHeld(held, records[index]));
      return {
        kind: 'answer',
        structured: { ...marked, relations: created },
        text: textOf(created, held.size),
        counts: { relations: created.length },
      };
    },
  });
}

export function addObservationsTool({ memory: access }: Dependencies) {
  return defineTool({
    name: 'add_observations',
    title: 'Add observations',
    description: 'Add new observations to existing entities in the knowledge graph',
    input: z.object({ observations: newObservations }),
    output: z.object({
      ...mark,
      results: z.array(z.object({ entityName: z.string(), addedObservations: z.array(z.string()) })),
    }),
    annotations: adding,
    scope: WRITE,
    async run({ observations }, call: Call) {
      const service = access(call);
      const graph = await readGraph(service);
      const known = new Map<string, Set<string>>();
      const missing = observations.find(({ entityName }) => !graph.entities.has(entityName));
      if (missing !== undefined) {
        throw new ToolRefusal('not_found', `Entity with name ${missing.entityName} not found`, 'Create it first.');
      }
      let place = graph.last;
      const added = observations.map(({ entityName, contents }) => {
        const entity = graph.entities.get(entityName);
        const seen = known.get(entityName) ?? new Set(entity?.observations.keys());
        known.set(entityName, seen);
        const records = [...new Set(contents)]
          .filter((content) => !seen.has(content))
          .map((content): readonly [string, NewRecord] => {
            seen.add(content);
            place += 1;
            const node = entity?.nodes[0] ?? '';
            const metadata = { graph: 'observation' as const, node, name: entityName, place };
            return [content, { text: observationText(entityName, content), metadata }];
          });
        return { entityName, records };
      });
      const held = await write(
        service,
        call,
        added.flatMap(({ records }) => records.map(([, record]) => record)),
      );
      const results = added.map(({ entityName, records }) => ({
        entityName,
        addedObservations: records.filter(([, record]) => !held.has(record)).map(([content]) => content),
      }));
      return {
        kind: 'answer',
        structured: { ...marked, results },
        text: textOf(results, held.size),
        counts: { observations: results.reduce((sum, { addedObservations }) => sum + addedObservations.length, 0) },
      };
    },
  });
}

/** The first of those that are the same. */
function firstOf<T extends Relation | Entity>(all: readonly T[], key: (one: T) => string): readonly T[] {
  const first = new Map<string, T>();
  for (const one of all) if (!first.has(key(one))) first.set(key(one), one);
  return [...first.values()];
}

const isHeld = (held: ReadonlySet<NewRecord>, record: NewRecord | undefined) =>
  record !== undefined && held.has(record);

function textOf(result: unknown, held: number): Block[] {
  const passage: Block = { kind: 'passage', text: JSON.stringify(result, null, 2), source: marked.source };
  if (held === 0) return [passage];
  const note = `${held} are held back, as they look like a secret, an instruction or something read back: they are not shown or recalled.`;
  return [{ kind: 'note', text: note }, passage];
}
