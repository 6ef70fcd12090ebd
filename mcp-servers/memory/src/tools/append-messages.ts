import { defineTool, ToolRefusal } from '@ai-orchestra/mcp-kit';
import * as z from 'zod';
import type { Memory } from '../service/access.ts';
import { subjectWithin } from '../service/reach.ts';
import { livingSession } from '../service/sessions.ts';
import {
  instantArgument,
  keyOf,
  metadataArgument,
  namespaceArgument,
  repeatArgument,
  sessionArgument,
  subjectArgument,
  textArgument,
} from './arguments.ts';
import { type Dependencies, WRITE } from './dependencies.ts';

const message = z.strictObject({
  role: z.enum(['user', 'assistant', 'system', 'tool']),
  content: textArgument,
  speaker: z.string().min(1).max(128).optional().describe('Name of who said it'),
  at: instantArgument.optional(),
  metadata: metadataArgument.optional(),
});

export function appendMessagesTool({ memory: access }: Dependencies) {
  return defineTool({
    name: 'append_messages',
    title: 'Append messages to a session',
    description:
      'Writes what was said to a conversation, in order, all or none. A session that is not there begins with it. ' +
      'Example: {"session":"chat-7","subject":"ana","messages":[{"role":"user","content":"I moved to Lisbon"}]}',
    input: z.strictObject({
      session: sessionArgument,
      messages: z.array(message).min(1).max(100),
      subject: subjectArgument.optional().describe('Whom a new session is about'),
      namespace: namespaceArgument.optional().describe('Of a new session'),
      idempotency_key: repeatArgument,
    }),
    output: z.object({
      session: z.string(),
      begun: z.boolean().describe('True: the session is new'),
      messages: z.array(z.object({ id: z.string(), sequence: z.int(), status: z.enum(['active', 'quarantined']) })),
      expires: z.string(),
    }),
    annotations: { readOnly: false },
    scope: WRITE,
    async run({ session, messages, subject, namespace, idempotency_key: key }, call) {
      const service = access(call);
      const about = subjectWithin(service.reach, subject);
      const begun = await reached(service, session, { subject: about, namespace });
      const { body } = await service.ask('appendMessages', {
        params: { sessionId: session },
        body: { messages },
        ...keyOf(call.caller, key),
      });
      const held = body.messages.filter(({ status }) => status === 'quarantined').length;
      return {
        kind: 'answer',
        structured: { session, begun, messages: body.messages, expires: body.expiresAt },
        text: [
          {
            kind: 'note',
            text: [
              `${body.messages.length} appended; the last is number ${body.lastSequence}. The session lives until ${body.expiresAt}.`,
              ...(begun ? ['It is new.'] : []),
              ...(held > 0 ? [`${held} look like a secret or an instruction and are not recalled.`] : []),
            ].join(' '),
          },
        ],
        counts: { messages: body.messages.length },
      };
    },
  });
}

/** Sees to it that the session is there and the caller's. @returns whether it had to be begun */
async function reached(
  service: Memory,
  session: string,
  { subject, namespace }: { readonly subject: string | undefined; readonly namespace: string | undefined },
): Promise<boolean> {
  const known = await found(service, session);
  if (known) return false;
  try {
    await service.ask('createSession', {
      body: {
        id: session,
        ...(subject !== undefined && { subjectId: subject }),
        ...(namespace !== undefined && { namespace }),
      },
    });
    return true;
  } catch (error) {
    // Another call began it at the same time, or it is there and another subject's.
    if (!(error instanceof ToolRefusal && error.code === 'conflict')) throw error;
    await livingSession(service, session);
    return false;
  }
}

async function found(service: Memory, session: string): Promise<boolean> {
  try {
    await livingSession(service, session);
    return true;
  } catch (error) {
    if (error instanceof ToolRefusal && error.code === 'not_found') return false;
    throw error;
  }
}
