/** Work that takes longer than a request: consolidation, promotion by policy, forgetting, exporting. */
import * as z from 'zod';
import { receipt } from './subjects.ts';
import * as value from './values.ts';

export const operationPath = z.strictObject({ operationId: value.operationId });

const change = z.strictObject({
  action: z.enum(['merge', 'promote']),
  memoryIds: z.array(z.uuid()).describe('Sources, which stay until the result is readable.'),
  result: z.uuid().optional().describe('The memory that came of it; absent in a dry run.'),
  from: value.tier.optional(),
  to: value.tier.optional(),
  text: z.string().optional(),
  why: z.string(),
});

export const operation = z.strictObject({
  id: value.operationId,
  type: z.enum(['consolidation', 'promotion', 'forget']),
  status: z.enum(['running', 'succeeded', 'failed', 'cancelled']),
  dryRun: z.boolean(),
  progress: z.strictObject({ done: z.int().min(0), total: z.int().min(0).nullable() }),
  changes: z.array(change).describe('At most the first 1,000.'),
  receipt: receipt.optional(),
  error: z.string().optional(),
  createdAt: value.instant,
  updatedAt: value.instant,
  version: value.version,
});

export const consolidate = z.strictObject({
  namespace: value.namespace.default('default'),
  subjectId: value.subjectId.optional(),
  tiers: z.array(value.tier).min(1).default(['mid', 'long', 'semantic']),
  similarity: z
    .number()
    .min(0.5)
    .max(1)
    .default(0.9)
    .describe('Share of words in common from which two memories are one.'),
  dryRun: z.boolean().default(true),
});
export const promoteByPolicy = z.strictObject({
  namespace: value.namespace.default('default'),
  dryRun: z.boolean().default(true),
});
