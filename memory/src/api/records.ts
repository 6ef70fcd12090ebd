/** Who read or erased what, and how much there is. */
import * as z from 'zod';
import * as value from './values.ts';

export const listAudit = z.strictObject({
  subjectId: value.subjectId.optional(),
  action: z.enum(['read', 'search', 'context', 'export', 'write', 'delete', 'forget', 'policy', 'release']).optional(),
  limit: value.limit(200, 50),
  cursor: value.cursor.optional(),
});
export const auditEntry = z.strictObject({
  id: z.string(),
  at: value.instant,
  action: z.string(),
  by: z.string().describe('Subject of the token.'),
  operation: z.string().describe('Operation of this API, such as `searchMemories`.'),
  namespace: value.namespace.optional(),
  subjectId: value.subjectId.optional(),
  ids: z.array(z.string()).describe('What was read or changed, at most 100; never its text.'),
  count: z.int().min(0),
  traceId: z.string().optional(),
});
export const auditPage = z.strictObject({ entries: z.array(auditEntry), next: value.next, ...value.completeness });

const usage = z.strictObject({ records: z.int().min(0), bytes: z.int().min(0) });
export const stats = z.strictObject({
  tenant: z.string(),
  usage: z.strictObject({ ...usage.shape, quota: usage }),
  tiers: z.record(
    z.string(),
    z.strictObject({
      store: z.string().describe('sqlite, dragonfly, mongodb or firestore.'),
      state: z.enum(['up', 'down']),
      memories: z
        .int()
        .min(0)
        .nullable()
        .describe('Living memories of this tenant; null where the tier did not answer.'),
    }),
  ),
  index: z.strictObject({
    name: z.string(),
    state: z.enum(['up', 'down']),
    pending: z.int().min(0),
    parked: z.int().min(0),
  }),
  embedder: z.strictObject({ model: z.string(), dimensions: z.int() }).nullable(),
});
