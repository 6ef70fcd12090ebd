/** Memories: what an agent keeps. */
import * as z from 'zod';
import * as value from './values.ts';

export const provenance = z.strictObject({
  source: z
    .enum(['user', 'agent', 'tool', 'import', 'consolidation'])
    .describe('Who it came from; what a tool or an import says is trusted least.'),
  agentId: value.agentId.optional(),
  tool: z.string().min(1).max(128).optional().describe('Tool that said it.'),
  sessionId: value.sessionId.optional(),
  sequences: z.array(z.int().min(1)).max(100).optional().describe('Messages of the session that it was taken from.'),
  memoryIds: z.array(z.uuid()).max(100).optional().describe('Memories that it was made from.'),
  writer: z.string().max(512).optional().describe('Subject of the token that wrote it; set by the service.'),
});

const fields = {
  type: value.memoryType,
  text: value.text,
  namespace: value.namespace,
  subjectId: value.subjectId,
  agentId: value.agentId,
  sessionId: value.sessionId,
  speaker: value.speaker,
  tags: value.tags,
  metadata: value.metadata,
  importance: value.importance,
  at: value.instant.describe('When it happened, or was said.'),
  validFrom: value.instant.describe('From when on it is true.'),
  validTo: value.instant.describe('Until when it was true.'),
};

export const memory = z.strictObject({
  id: value.memoryId,
  tier: value.tier,
  type: fields.type,
  text: fields.text,
  namespace: fields.namespace,
  subjectId: fields.subjectId.optional(),
  agentId: fields.agentId.optional(),
  sessionId: fields.sessionId.optional(),
  speaker: fields.speaker.optional(),
  tags: fields.tags,
  metadata: fields.metadata,
  importance: fields.importance,
  pinned: z.boolean().describe('Pinned memories are neither consolidated nor forgotten by age.'),
  status: z.enum(['active', 'quarantined', 'superseded']).describe('Only what is active is recalled.'),
  findings: z
    .array(z.strictObject({ danger: z.enum(['secret', 'instruction', 'echo']), rule: z.string() }))
    .optional()
    .describe('Why it is quarantined: which rules, never the text.'),
  provenance,
  at: fields.at,
  validFrom: fields.validFrom,
  validTo: fields.validTo.nullable(),
  supersedes: z.array(z.uuid()).optional(),
  supersededBy: z.uuid().optional(),
  promotedFrom: value.tier.optional(),
  createdAt: value.instant,
  updatedAt: value.instant,
  expiresAt: value.instant.nullable().describe('null: never.'),
  version: value.version,
});

export const newMemory = z.strictObject({
  text: fields.text,
  tier: value.tier.optional().describe("Where it is kept; the namespace's policy says so where it is not given."),
  type: fields.type.default('episodic'),
  namespace: fields.namespace.default('default'),
  subjectId: fields.subjectId.optional(),
  agentId: fields.agentId.optional(),
  sessionId: fields.sessionId.optional(),
  speaker: fields.speaker.optional(),
  tags: fields.tags.default([]),
  metadata: fields.metadata.default({}),
  importance: fields.importance.default(0.5),
  pinned: z.boolean().default(false),
  at: fields.at.optional(),
  validFrom: fields.validFrom.optional(),
  validTo: fields.validTo.optional(),
  ttlSeconds: value.ttlSeconds.nullable().optional().describe('null: for ever, in the tiers long and semantic.'),
  provenance: provenance.omit({ writer: true }).default({ source: 'agent' }),
});

export const createMemories = z.strictObject({
  memories: z.array(newMemory).min(1).max(100),
  dedupe: z
    .boolean()
    .default(false)
    .describe(
      'True: a memory with the same words of the same subject and namespace that lives already is given instead.',
    ),
});
export const created = z.strictObject({
  memories: z.array(
    memory.pick({ id: true, tier: true, status: true, version: true, expiresAt: true }).extend({
      created: z.boolean().describe('False: it was there already.'),
    }),
  ),
});

export const memoryPath = z.strictObject({ memoryId: value.memoryId });
export const updateMemory = newMemory
  .pick({
    text: true,
    type: true,
    tags: true,
    metadata: true,
    importance: true,
    at: true,
    validFrom: true,
    validTo: true,
    ttlSeconds: true,
  })
  .extend({ type: fields.type, tags: fields.tags, metadata: fields.metadata, importance: fields.importance })
  .extend({ validTo: fields.validTo.nullable() })
  .partial();

export const listMemories = z.strictObject({
  namespace: value.namespace.optional(),
  subjectId: value.subjectId.optional(),
  agentId: value.agentId.optional(),
  sessionId: value.sessionId.optional(),
  type: value.memoryType.optional(),
  tier: value.tier.optional(),
  status: z.enum(['active', 'quarantined', 'superseded']).optional().describe('active, where not given.'),
  limit: value.limit(200, 50),
  cursor: value.cursor.optional(),
});
export const memoryPage = z.strictObject({ memories: z.array(memory), next: value.next, ...value.completeness });

export const revision = z.strictObject({
  version: value.version,
  change: z.enum(['created', 'edited', 'promoted', 'pinned', 'unpinned', 'superseded', 'consolidated', 'released']),
  text: fields.text,
  metadata: fields.metadata,
  importance: fields.importance,
  tier: value.tier,
  at: value.instant.describe('When it was recorded.'),
  by: z.string().optional().describe('Subject of the token.'),
});
export const history = z.strictObject({
  revisions: z.array(revision).describe('Newest first; the first is what lives.'),
});

export const promote = z.strictObject({ to: value.tier, ttlSeconds: value.ttlSeconds.nullable().optional() });
export const supersede = z.strictObject({
  by: z
    .union([
      z.strictObject({ memoryId: value.memoryId }),
      z.strictObject({ text: value.text, validFrom: value.instant.optional() }),
    ])
    .describe('A memory that is there, or the text of a new one in the same tier.'),
});
