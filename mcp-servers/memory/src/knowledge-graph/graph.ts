import { ToolRefusal } from '@ai-orchestra/mcp-kit';
import type { Memory } from '../service/access.ts';
import { contentOf, type GraphRecord, graphRecord, inOrder, NAMESPACE, TIER } from './records.ts';

export interface Entity {
  readonly name: string;
  readonly entityType: string;
  readonly observations: readonly string[];
}

export interface Relation {
  readonly from: string;
  readonly to: string;
  readonly relationType: string;
}

export interface Graph {
  readonly entities: readonly Entity[];
  readonly relations: readonly Relation[];
}

/** Records that one graph may have: a graph is read whole, as the reference server does. */
const MOST_RECORDS = 20_000;
/** The largest page that the service gives. */
const PAGE = 200;

/** An entity with the records that it is read from. */
export interface KnownEntity {
  readonly name: string;
  readonly entityType: string;
  /** One; more where two writers made it at the same time. */
  readonly nodes: readonly string[];
  readonly ids: readonly string[];
  /** Ids by content. */
  readonly observations: ReadonlyMap<string, readonly string[]>;
}

/** The graph with the ids of its records, for what changes it. */
export interface KnownGraph {
  readonly entities: ReadonlyMap<string, KnownEntity>;
  /** Ids by relation. */
  readonly relations: ReadonlyMap<string, { readonly relation: Relation; readonly ids: readonly string[] }>;
  /** Ids of observations whose entity is gone or was never finished, by its name. */
  readonly leftovers: ReadonlyMap<string, readonly string[]>;
  /** The highest place of a record: new ones come after it. */
  readonly last: number;
}

/** @throws {ToolRefusal} `unavailable` where the store does not answer, `cost` where there are too many records */
export async function readGraph(service: Memory): Promise<KnownGraph> {
  const records: GraphRecord[] = [];
  const { subject } = service.reach;
  let cursor: string | undefined;
  do {
    const { body } = await service.ask('listMemories', {
      query: {
        namespace: NAMESPACE,
        tier: TIER,
        limit: PAGE,
        ...(subject !== undefined && { subjectId: subject }),
        ...(cursor !== undefined && { cursor }),
      },
    });
    // A graph of which a part is missing would be taken for one that has no such part.
    if (body.partial) {
      throw new ToolRefusal('unavailable', 'The store of the graph does not answer.', 'Repeat the call later.', {
        retryAfter: 5,
      });
    }
    records.push(...body.memories.flatMap((memory) => graphRecord(memory) ?? []));
    cursor = body.next ?? undefined;
    if (records.length > MOST_RECORDS) {
      throw new ToolRefusal(
        'cost',
        `The graph has more than ${MOST_RECORDS} records.`,
        'Delete what is not needed any more, or use recall, which reads no more than it finds.',
      );
    }
  } while (cursor !== undefined);
  return graphOf(records.sort(inOrder));
}

interface Growing extends KnownEntity {
  readonly nodes: string[];
  readonly ids: string[];
  readonly observations: Map<string, string[]>;
}

function graphOf(records: readonly GraphRecord[]): KnownGraph {
  const entities = new Map<string, Growing>();
  const relations = new Map<string, { relation: Relation; ids: string[] }>();
  const leftovers = new Map<string, string[]>();
  for (const { id, metadata } of records) {
    if (metadata.graph === 'entity') {
      const { name, entityType, node } = metadata;
      const known: Growing = entities.get(name) ?? { name, entityType, nodes: [], ids: [], observations: new Map() };
      entities.set(name, known);
      known.ids.push(id);
      known.nodes.push(node);
    } else if (metadata.graph === 'relation') {
      const { from, to, relationType } = metadata;
      const relation = { from, to, relationType };
      const known = relations.get(keyOf(relation)) ?? { relation, ids: [] };
      relations.set(keyOf(relation), known);
      known.ids.push(id);
    }
  }
  for (const record of records) {
    const { id, metadata } = record;
    if (metadata.graph !== 'observation') continue;
    const entity = entities.get(metadata.name);
    if (entity?.nodes.includes(metadata.node)) {
      const content = contentOf(record, metadata.name);
      entity.observations.set(content, [...(entity.observations.get(content) ?? []), id]);
    } else {
      leftovers.set(metadata.name, [...(leftovers.get(metadata.name) ?? []), id]);
    }
  }
  return { entities, relations, leftovers, last: records.at(-1)?.metadata.place ?? 0 };
}

export const keyOf = ({ from, to, relationType }: Relation) => JSON.stringify([from, to, relationType]);

/** As callers see it. */
export function shownGraph({ entities, relations }: KnownGraph): Graph {
  return {
    entities: [...entities.values()].map(({ name, entityType, observations }) => ({
      name,
      entityType,
      observations: [...observations.keys()],
    })),
    relations: [...relations.values()].map(({ relation }) => relation),
  };
}

/** Some entities, with every relation that begins or ends at one of them, wherever its other end is. */
export function around({ entities, relations }: Graph, wanted: (entity: Entity) => boolean): Graph {
  const found = entities.filter(wanted);
  const names = new Set(found.map(({ name }) => name));
  return { entities: found, relations: relations.filter(({ from, to }) => names.has(from) || names.has(to)) };
}
