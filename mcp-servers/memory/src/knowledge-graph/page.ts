import { tokenCounter } from '@ai-orchestra/mcp-kit';
import type { Entity, Graph } from './graph.ts';

export interface Page extends Graph {
  /** Where the rest begins; not set: this is the end. */
  readonly next?: number;
}

/** What the marks around the JSON may take. */
const FRAME_TOKENS = 200;

type Unit =
  | { readonly entity: Entity; readonly observation?: string }
  | { readonly relation: Graph['relations'][number] };

/** As much of a graph as an answer has room for, from a place on: entities, their observations, then relations. */
export async function pageOf(graph: Graph, from: number, tokens: number): Promise<Page> {
  const units = unitsOf(graph);
  const room = Math.max(1, tokens - FRAME_TOKENS);
  const textTo = (to: number) => JSON.stringify(assembled(units.slice(from, to)), null, 2);
  // No token is shorter than a byte: a short text need not be counted.
  if (Buffer.byteLength(textTo(units.length)) <= room) return assembled(units.slice(from));
  const count = await tokenCounter();
  const fits = (to: number) => count(textTo(to)) <= room;
  if (fits(units.length)) return assembled(units.slice(from));
  // One at least, however long: the next page has to begin further on.
  let low = from + 1;
  let high = units.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return { ...assembled(units.slice(from, low)), ...(low < units.length && { next: low }) };
}

function unitsOf({ entities, relations }: Graph): readonly Unit[] {
  return [
    ...entities.flatMap((entity): Unit[] => [
      { entity },
      ...entity.observations.map((observation) => ({ entity, observation })),
    ]),
    ...relations.map((relation) => ({ relation })),
  ];
}

/** An entity that goes on from the page before is named again. */
function assembled(units: readonly Unit[]): Graph {
  const entities = new Map<string, Entity & { observations: string[] }>();
  const relations: Graph['relations'][number][] = [];
  for (const unit of units) {
    if ('relation' in unit) {
      relations.push(unit.relation);
      continue;
    }
    const { name, entityType } = unit.entity;
    const shown = entities.get(name) ?? { name, entityType, observations: [] };
    entities.set(name, shown);
    if (unit.observation !== undefined) shown.observations.push(unit.observation);
  }
  return { entities: [...entities.values()], relations };
}
