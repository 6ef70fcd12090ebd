import { asUntrusted, defineTool, untrusted } from '@ai-orchestra/mcp-kit';
import * as z from 'zod';
import { subjectWithin } from '../service/reach.ts';
import { cursorArgument, namespaceArgument, subjectArgument } from './arguments.ts';
import { type Dependencies, READ } from './dependencies.ts';

const place = z.object({ cursor: z.string().optional(), skip: z.int().min(0) });

export const sessionRow = z.object({
  session: z.string(),
  subject: z.string().optional(),
  agent: z.string().optional(),
  namespace: z.string(),
  messages: z.int(),
  updated: z.string(),
  expires: z.string(),
});

export function listSessionsTool({ memory: access }: Dependencies) {
  return defineTool({
    name: 'list_sessions',
    title: 'List sessions',
    description: 'Lists living conversations, newest first. Example: {"subject":"ana"}',
    input: z.strictObject({
      subject: subjectArgument.optional(),
      namespace: namespaceArgument.optional(),
      agent: z.string().min(1).max(128).optional(),
      limit: z.int().min(1).max(200).default(20),
      cursor: cursorArgument,
    }),
    output: z.object({ sessions: untrusted('the memory service', sessionRow) }),
    annotations: { readOnly: true },
    scope: READ,
    async run({ subject: given, namespace, agent, limit, cursor: handle }, call) {
      const service = access(call);
      const subject = subjectWithin(service.reach, given);
      const { cursor, skip } = place.parse(handle === undefined ? { skip: 0 } : call.stateOf(handle));
      const { body } = await service.ask('listSessions', {
        query: {
          limit,
          ...(subject !== undefined && { subjectId: subject }),
          ...(namespace !== undefined && { namespace }),
          ...(agent !== undefined && { agentId: agent }),
          ...(cursor !== undefined && { cursor }),
        },
      });
      const rows = body.sessions.slice(skip).map((session) => ({
        session: session.id,
        ...(session.subjectId !== undefined && { subject: session.subjectId }),
        ...(session.agentId !== undefined && { agent: session.agentId }),
        namespace: session.namespace,
        messages: session.lastSequence,
        updated: session.updatedAt,
        expires: session.expiresAt,
      }));
      const { next } = body;
      const source = 'the memory service';
      return {
        kind: 'answer',
        structured: { sessions: asUntrusted(source, rows) },
        text: [{ kind: 'rows', rows, source }],
        rest: {
          more: next !== null,
          after: (shown) =>
            shown >= rows.length && next !== null
              ? { cursor: next, skip: 0 }
              : { ...(cursor !== undefined && { cursor }), skip: skip + shown },
        },
        counts: { sessions: rows.length },
      };
    },
  });
}
