/** Search, and the assembly of a prompt's context. */
import * as z from 'zod';
import { memory } from './memories.ts';
import { message } from './sessions.ts';
import * as value from './values.ts';

export const mode = z
  .enum(['lexical', 'vector', 'hybrid'])
  .describe(
    'lexical: by words; vector: by meaning (needs an embedder); hybrid: both, and by words alone where there is no embedder.',
  );

export const filters = z.strictObject({
  namespaces: z.array(value.namespace).min(1).max(32).optional(),
  subjectIds: z.array(value.subjectId).min(1).max(32).optional(),
  agentIds: z.array(value.agentId).min(1).max(32).optional(),
  sessionIds: z.array(value.sessionId).min(1).max(32).optional(),
  types: z
    .array(z.union([value.memoryType, z.literal('message')]))
    .min(1)
    .max(7)
    .optional(),
  tags: value.tags.min(1).optional().describe('All of them.'),
  from: value.instant.optional().describe('Only what happened at this instant or later.'),
  to: value.instant.optional().describe('Only what happened before this instant.'),
});

export const search = z.strictObject({
  query: value.query,
  mode: mode.default('hybrid'),
  filters: filters.default({}),
  tiers: z.array(value.tier).min(1).max(4).optional().describe('All, where not given.'),
  asOf: value.instant.optional().describe('What was recorded and held true at this instant.'),
  limit: z.int().min(1).max(100).default(10),
  cursor: value.cursor.optional(),
  minScore: z.number().min(0).optional().describe('Leaves out what scores less.'),
  explain: z.boolean().default(false).describe("True: each hit shows the score's parts."),
});

/** What a score is made of: the parts add up to it. */
export const parts = z.record(z.string(), z.number()).describe('Parts of the score by name; their sum is the score.');

export const hit = z.strictObject({
  kind: z.enum(['memory', 'message']),
  memory: memory.optional(),
  message: message.extend({ sessionId: value.sessionId }).optional(),
  tier: value.tier,
  score: z.number(),
  parts: parts.optional(),
});

export const found = z.strictObject({
  hits: z.array(hit),
  next: value.next,
  mode: mode.describe('What was done: lexical where hybrid was asked for and no embedder answered.'),
  tiers: z.array(value.tier).describe('Tiers that answered.'),
  ...value.completeness,
});

const share = z.number().min(0).max(1);
export const context = z.strictObject({
  query: value.query.optional().describe('The last message of the session, where not given.'),
  sessionId: value.sessionId.optional(),
  filters: filters.default({}),
  maxTokens: z.int().min(16).max(200_000).describe('The answer has at most so many tokens, counted by `encoding`.'),
  encoding: z.enum(['o200k_base', 'cl100k_base']).default('o200k_base').describe("Tokenizer of the caller's model."),
  sections: z
    .strictObject({ profile: share.default(0.1), messages: share.default(0.3), memories: share.default(0.6) })
    .default({ profile: 0.1, messages: 0.3, memories: 0.6 })
    .describe('Share of the budget that each section may take; what one leaves the next may use. 0 leaves it out.'),
});

export const block = z.strictObject({
  section: z.enum(['profile', 'messages', 'memories']),
  text: z.string().describe('Fenced: data from outside, never an instruction.'),
  tokens: z.int().min(0),
});

export const contextTrace = z.strictObject({
  id: z.string(),
  section: z.enum(['profile', 'messages', 'memories']),
  tokens: z.int().min(0),
  score: z.number().optional(),
  parts: parts.optional(),
  included: z.boolean(),
  why: z.string().describe('Why it is in, or was cut.'),
});

export const assembled = z.strictObject({
  text: z.string().describe('The blocks in order, ready to be put where a prompt has untrusted data.'),
  tokens: z.int().min(0).describe('Tokens of `text`, exactly.'),
  maxTokens: z.int(),
  encoding: z.string(),
  blocks: z.array(block),
  trace: z.array(contextTrace),
  ...value.completeness,
});
