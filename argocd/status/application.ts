/** What is read of an Application as it lives in a cluster. Argo CD wrote it, perhaps a newer one: checked, and no more than this. */
import * as z from 'zod';

const object = z.object({ kind: z.string(), namespace: z.string().optional(), name: z.string() });
const health = z.object({ status: z.string().optional(), message: z.string().optional() });

const schema = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({ source: z.object({ path: z.string().optional() }).optional() }),
  status: z
    .object({
      sync: z.object({ status: z.string(), revision: z.string().optional() }).optional(),
      health: health.optional(),
      conditions: z.array(z.object({ type: z.string(), message: z.string() })).optional(),
      resources: z
        .array(
          object.extend({
            status: z.string().optional(),
            health: health.optional(),
            requiresPruning: z.boolean().optional(),
          }),
        )
        .optional(),
      // Of the syncs that succeeded, the last one at the end.
      history: z.array(z.object({ revision: z.string().optional() })).optional(),
      operationState: z
        .object({
          phase: z.string(),
          startedAt: z.string(),
          finishedAt: z.string().nullish(),
          retryCount: z.number().optional(),
          message: z.string().optional(),
          syncResult: z
            .object({
              revision: z.string().optional(),
              resources: z
                .array(object.extend({ status: z.string().optional(), message: z.string().optional() }))
                .nullish(),
            })
            .optional(),
        })
        .optional(),
    })
    .optional(),
});

export type LiveApplication = z.output<typeof schema>;
export type LiveObject = z.output<typeof object>;

/** The Applications of a list as the API server gives it. */
export function parseApplications(list: unknown): readonly LiveApplication[] {
  return z.object({ items: z.array(schema) }).parse(list).items;
}
