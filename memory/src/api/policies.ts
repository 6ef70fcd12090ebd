/** Policies: how a namespace keeps its memories. What is null is as the service's settings say. */
import * as z from 'zod';
import * as value from './values.ts';

export const policyPath = z.strictObject({ namespace: value.namespace });

export const promotionRule = z
  .strictObject({
    from: value.tier,
    to: value.tier,
    minAccesses: z.int().min(1).optional().describe('Recalled so often at least.'),
    minImportance: value.importance.optional(),
    minAgeSeconds: z.int().min(0).optional(),
    pinned: z.boolean().optional(),
    types: z.array(value.memoryType).min(1).optional(),
  })
  .describe('All that is given must hold.');

export const putPolicy = z.strictObject({
  defaultTier: value.tier.default('mid').describe('Tier of a memory that names none.'),
  ttlSeconds: z
    .strictObject({
      short: value.ttlSeconds.nullable().default(null),
      mid: value.ttlSeconds.nullable().default(null),
      long: z
        .union([value.ttlSeconds, z.literal('permanent')])
        .nullable()
        .default(null),
    })
    .default({ short: null, mid: null, long: null }),
  quarantine: z.enum(['off', 'hold', 'reject']).nullable().default(null),
  redactSecrets: z.boolean().default(false).describe('True: secrets are replaced in the text before it is stored.'),
  quota: z
    .strictObject({ records: z.int().min(1).nullable().default(null), bytes: z.int().min(1).nullable().default(null) })
    .default({ records: null, bytes: null }),
  promotion: z.array(promotionRule).max(16).default([]),
  legalHold: z.boolean().default(false).describe('True: nothing is deleted or forgotten, 409 instead.'),
});
export const policy = putPolicy.extend({
  namespace: value.namespace,
  version: z.int().min(0),
  updatedAt: value.instant.nullable(),
});
