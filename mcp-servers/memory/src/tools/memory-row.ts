/** A memory or message as callers get it: what it says, and where it is from. */
import type { MemoryClient } from '@ai-orchestra/memory/client';
import * as z from 'zod';

export const memoryRow = z.object({
  id: z.string(),
  kind: z.enum(['memory', 'message']),
  at: z.string().describe('When it happened or was said'),
  text: z.string(),
  from: z.string().describe('Who it came from: user, agent, tool, import, consolidation, or the role of a message'),
  tier: z.string(),
  type: z.string().optional(),
  subject: z.string().optional(),
  namespace: z.string().optional(),
  session: z.string().optional(),
  speaker: z.string().optional(),
  tags: z.array(z.string()).optional(),
  importance: z.number().optional(),
  version: z.number().optional().describe('For update_memory'),
  expires: z.string().nullable().optional().describe('null: never'),
  score: z.number().optional(),
  parts: z.record(z.string(), z.number()).optional().describe('What the score is the sum of'),
});

export type MemoryRow = z.output<typeof memoryRow>;
export const memoryColumns = ['at', 'text', 'from', 'subject', 'tier', 'score', 'id'] as const;

type Hit = Awaited<ReturnType<MemoryClient['searchMemories']>>['body']['hits'][number];
type Record = NonNullable<Hit['memory']>;

export function rowOfHit({ memory, message, tier, score, parts }: Hit): MemoryRow | undefined {
  const rated = { score: Number(score.toPrecision(6)), ...(parts && { parts }) };
  if (memory !== undefined) return { ...rowOfMemory(memory), ...rated };
  if (message === undefined) return undefined;
  const { id, at, content, role, speaker, sessionId } = message;
  return {
    id,
    kind: 'message',
    at,
    text: content,
    from: role,
    tier,
    session: sessionId,
    ...(speaker !== undefined && { speaker }),
    ...rated,
  };
}

export function rowOfMemory(memory: Record): MemoryRow {
  const { id, at, text, tier, type, subjectId, namespace, sessionId, speaker, tags, importance } = memory;
  const { source, agentId, tool } = memory.provenance;
  return {
    id,
    kind: 'memory',
    at,
    text,
    from: [source, tool ?? agentId].filter((part) => part !== undefined).join(' '),
    tier,
    type,
    ...(subjectId !== undefined && { subject: subjectId }),
    namespace,
    ...(sessionId !== undefined && { session: sessionId }),
    ...(speaker !== undefined && { speaker }),
    ...(tags.length > 0 && { tags }),
    importance,
    version: memory.version,
    expires: memory.expiresAt,
  };
}
