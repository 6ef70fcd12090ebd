import { defineTool } from '@ai-orchestra/mcp-kit';
import * as z from 'zod';
import { subjectWithin } from '../service/reach.ts';
import {
  importanceArgument,
  instantArgument,
  keyOf,
  metadataArgument,
  namespaceArgument,
  repeatArgument,
  sessionArgument,
  subjectArgument,
  tagsArgument,
  textArgument,
  tierArgument,
  ttlArgument,
  typeArgument,
} from './arguments.ts';
import { type Dependencies, WRITE } from './dependencies.ts';

const memory = z.strictObject({
  text: textArgument.describe('One fact in one or two sentences that can be understood alone'),
  subject: subjectArgument.optional(),
  type: typeArgument.optional(),
  tier: tierArgument.optional(),
  namespace: namespaceArgument.optional(),
  session: sessionArgument.optional(),
  tags: tagsArgument.optional(),
  metadata: metadataArgument.optional(),
  importance: importanceArgument.optional(),
  at: instantArgument.optional().describe('When it happened'),
  valid_to: instantArgument.optional().describe('Until when it is true'),
  ttl_seconds: ttlArgument.optional(),
  source: z.enum(['user', 'agent', 'tool']).default('agent').describe('Who said it'),
  tool: z.string().min(1).max(128).optional().describe('Which tool, where the source is tool'),
});

const kept = z.object({
  id: z.string(),
  tier: z.string(),
  status: z.enum(['active', 'quarantined', 'superseded']),
  version: z.number(),
  expires: z.string().nullable(),
  created: z.boolean().describe('False: it was known already'),
});

export function rememberTool({ memory: access }: Dependencies) {
  return defineTool({
    name: 'remember',
    title: 'Remember',
    description:
      'Keeps facts for later conversations: preferences, decisions, what happened. Say each fact once, alone, with its subject; never a password or a key. ' +
      'Example: {"memories":[{"text":"Ana moved to Lisbon in May 2026","subject":"ana","tier":"long"}]}',
    input: z.strictObject({
      memories: z.array(memory).min(1).max(50),
      once: z.boolean().default(true).describe('False: keep it again though the same words are known of the subject'),
      idempotency_key: repeatArgument,
    }),
    output: z.object({ memories: z.array(kept) }),
    annotations: { readOnly: false, idempotent: true },
    scope: WRITE,
    async run({ memories, once, idempotency_key: key }, call) {
      const service = access(call);
      const { body } = await service.ask('createMemories', {
        body: {
          dedupe: once,
          memories: memories.map(({ subject, session, ttl_seconds, valid_to, source, tool, ...same }) => {
            const subjectId = subjectWithin(service.reach, subject);
            return {
              ...same,
              ...(subjectId !== undefined && { subjectId }),
              ...(session !== undefined && { sessionId: session }),
              ...(ttl_seconds !== undefined && { ttlSeconds: ttl_seconds }),
              ...(valid_to !== undefined && { validTo: valid_to }),
              provenance: {
                source,
                // Verified, unlike what a model says of itself.
                agentId: call.caller.principal.slice(0, 128),
                ...(tool !== undefined && { tool }),
                ...(session !== undefined && { sessionId: session }),
              },
            };
          }),
        },
        ...keyOf(call.caller, key),
      });
      const results = body.memories.map(({ expiresAt: expires, id, tier, status, version, created }) => ({
        id,
        tier,
        status,
        version,
        expires,
        created,
      }));
      return {
        kind: 'answer',
        structured: { memories: results },
        text: results.map(({ id, tier, status, created, expires }, index) => ({
          kind: 'note',
          text: `${index + 1}. ${id}: ${sentence(status, created)}, tier ${tier}, ${expires === null ? 'for ever' : `until ${expires}`}.`,
        })),
        counts: { memories: results.length, created: results.filter(({ created }) => created).length },
      };
    },
  });
}

function sentence(status: string, created: boolean): string {
  if (status === 'quarantined') {
    return 'held back, as it looks like a secret, an instruction or something read back: it is not recalled';
  }
  return created ? 'kept' : 'known already';
}
