/**
 * How a knowledge graph is kept as memories: one for each entity, observation and relation, so that two writers at once lose
 * nothing of each other. What is there twice is read once.
 */
import type { MemoryClient } from '@ai-orchestra/memory/client';
import * as z from 'zod';

export const NAMESPACE = 'knowledge-graph';
/** Kept for ever: the reference server knows no expiry. */
export const TIER = 'long';

const place = z.int().describe('Order in the graph: one more than what its writer saw');
const metadata = z.discriminatedUnion('graph', [
  z.object({ graph: z.literal('entity'), node: z.string(), name: z.string(), entityType: z.string(), place }),
  // Of the entity as it was made then: what is left of a deleted one does not come back with a new one of its name.
  z.object({ graph: z.literal('observation'), node: z.string(), name: z.string(), place }),
  z.object({ graph: z.literal('relation'), from: z.string(), to: z.string(), relationType: z.string(), place }),
]);

export type GraphMetadata = z.output<typeof metadata>;
type Memory = Awaited<ReturnType<MemoryClient['listMemories']>>['body']['memories'][number];

export interface GraphRecord {
  readonly id: string;
  readonly createdAt: number;
  readonly metadata: GraphMetadata;
  readonly text: string;
}

/** undefined: another memory of the namespace, not of a graph. */
export function graphRecord(memory: Memory): GraphRecord | undefined {
  const parsed = metadata.safeParse(memory.metadata);
  if (!parsed.success) return undefined;
  return { id: memory.id, createdAt: Date.parse(memory.createdAt), metadata: parsed.data, text: memory.text };
}

export const inOrder = (one: GraphRecord, other: GraphRecord) =>
  one.metadata.place - other.metadata.place || one.createdAt - other.createdAt || (one.id < other.id ? -1 : 1);

/** As a sentence, so that recall finds it too. */
export const entityText = (name: string, entityType: string) => `${name} (${entityType})`;
export const observationText = (name: string, content: string) => `${name}: ${content}`;
export const relationText = (from: string, relationType: string, to: string) => `${from} ${relationType} ${to}`;

export function contentOf({ text }: GraphRecord, name: string): string {
  const prefix = observationText(name, '');
  return text.startsWith(prefix) ? text.slice(prefix.length) : text;
}
