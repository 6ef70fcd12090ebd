import { asUntrusted, defineTool, untrusted } from '@ai-orchestra/mcp-kit';
import * as z from 'zod';
import { subjectWithin } from '../service/reach.ts';
import {
  completeness,
  cursorArgument,
  incomplete,
  instantArgument,
  namespaceArgument,
  queryArgument,
  sessionArgument,
  subjectArgument,
  tagsArgument,
  tierArgument,
  typeArgument,
} from './arguments.ts';
import { type Dependencies, READ } from './dependencies.ts';
import { type MemoryRow, memoryColumns, memoryRow, rowOfHit } from './memory-row.ts';

/** Where a page begins: the service's cursor, and rows of its page that were shown before. */
const place = z.object({ cursor: z.string().optional(), skip: z.int().min(0) });

export function recallTool({ memory: access }: Dependencies) {
  return defineTool({
    name: 'recall',
    title: 'Recall memories',
    description:
      'Searches what is remembered, best first, with the source of each. For a prompt of limited size use get_context. ' +
      'Example: {"query":"where does Ana live?","subject":"ana","limit":5}',
    input: z.strictObject({
      query: queryArgument,
      subject: subjectArgument.optional(),
      namespace: namespaceArgument.optional(),
      session: sessionArgument.optional(),
      types: z
        .array(z.union([typeArgument, z.literal('message')]))
        .min(1)
        .max(7)
        .optional(),
      tags: tagsArgument.min(1).optional().describe('All of them'),
      tiers: z.array(tierArgument).min(1).max(4).optional(),
      from: instantArgument.optional().describe('Only what happened then or later'),
      to: instantArgument.optional().describe('Only what happened before'),
      as_of: instantArgument.optional().describe('What was known and true then'),
      mode: z.enum(['hybrid', 'lexical', 'vector']).default('hybrid').describe('Words, meaning, or both'),
      limit: z.int().min(1).max(50).default(10),
      min_score: z.number().min(0).optional(),
      explain: z.boolean().default(false).describe('Say what each score is made of'),
      cursor: cursorArgument,
    }),
    output: z.object({
      memories: untrusted('the memory service', memoryRow),
      mode: z.string().describe('What was done in the end'),
      ...completeness,
    }),
    annotations: { readOnly: true },
    scope: READ,
    async run(given, call) {
      const service = access(call);
      const subject = subjectWithin(service.reach, given.subject);
      const { cursor, skip } = place.parse(given.cursor === undefined ? { skip: 0 } : call.stateOf(given.cursor));
      const { namespace, session, types, tags, from, to } = given;
      const { body } = await service.ask('searchMemories', {
        body: {
          query: given.query,
          mode: given.mode,
          limit: given.limit,
          explain: given.explain,
          filters: {
            ...(subject !== undefined && { subjectIds: [subject] }),
            ...(namespace !== undefined && { namespaces: [namespace] }),
            ...(session !== undefined && { sessionIds: [session] }),
            ...(types !== undefined && { types }),
            ...(tags !== undefined && { tags }),
            ...(from !== undefined && { from }),
            ...(to !== undefined && { to }),
          },
          ...(given.tiers !== undefined && { tiers: given.tiers }),
          ...(given.as_of !== undefined && { asOf: given.as_of }),
          ...(given.min_score !== undefined && { minScore: given.min_score }),
          ...(cursor !== undefined && { cursor }),
        },
      });
      const rows = body.hits
        .map(rowOfHit)
        .filter((row): row is MemoryRow => row !== undefined)
        .slice(skip);
      const { next, mode, partial, degraded } = body;
      const source = 'the memory service';
      return {
        kind: 'answer',
        structured: { memories: asUntrusted(source, rows), mode, partial, degraded },
        text: [
          ...incomplete({ partial, degraded }),
          ...(mode === given.mode ? [] : [{ kind: 'note' as const, text: `Searched by: ${mode}.` }]),
          { kind: 'rows', rows, source, columns: memoryColumns },
        ],
        rest: {
          more: next !== null,
          after: (shown) =>
            shown >= rows.length && next !== null
              ? { cursor: next, skip: 0 }
              : { ...(cursor !== undefined && { cursor }), skip: skip + shown },
        },
        counts: { memories: rows.length },
      };
    },
  });
}
