import { type Answer, asUntrusted, type Call, defineTool, ToolRefusal, untrusted } from '@ai-orchestra/mcp-kit';
import * as z from 'zod';
import type { Memory } from '../service/access.ts';
import { livingMemory } from '../service/memories.ts';
import { livingSession } from '../service/sessions.ts';
import { memoryIdArgument, sessionArgument } from './arguments.ts';
import { agreed, asking, confirmArgument, confirmation, glimpse } from './confirmation.ts';
import { type Dependencies, WRITE } from './dependencies.ts';

/** Exactly what a person was shown: in another version it is another thing. */
const state = z.union([
  z.object({ memories: z.array(z.object({ id: z.string(), version: z.int() })) }),
  z.object({ session: z.string(), version: z.int() }),
]);

const output = z.object({
  deleted: z.array(z.string()).describe('Ids'),
  asked: untrusted('the memory service', z.object({ id: z.string(), text: z.string() })).optional(),
  confirm: confirmation,
});

type Out = z.output<typeof output>;

export function forgetTool({ memory: access }: Dependencies) {
  return defineTool({
    name: 'forget',
    title: 'Forget',
    description:
      'Deletes memories, or a session with its messages, for good. The person is asked before. ' +
      'Example: {"memory_ids":["01a2…"]}. Everything about a person: forget_subject.',
    input: z
      .strictObject({
        memory_ids: z.array(memoryIdArgument).min(1).max(20).optional(),
        session: sessionArgument.optional(),
        confirm: confirmArgument,
      })
      .refine(
        ({ memory_ids, session }) => (memory_ids === undefined) !== (session === undefined),
        'exactly one of memory_ids, session',
      ),
    output,
    annotations: { readOnly: false, destructive: true, idempotent: true },
    scope: WRITE,
    async run({ memory_ids: ids, session, confirm }, call) {
      const service = access(call);
      const what = agreed(call, confirm, state);
      if (what === 'declined') return declined();
      if (what !== undefined) return deleted(service, what, { ids, session });
      return ids === undefined
        ? askSession(service, String(session), call)
        : askMemories(service, [...new Set(ids)], call);
    },
  });
}

async function askMemories(service: Memory, ids: readonly string[], call: Call) {
  const found = await Promise.all(ids.map((id) => livingMemory(service, id)));
  const memories = found.map(({ id, version }) => ({ id, version }));
  const lines = found.map(({ text, tier, at }) => `- ${glimpse(text)} (${tier}, ${at.slice(0, 10)})`);
  return asking(
    `Delete ${found.length === 1 ? 'this memory' : `these ${found.length} memories`} for good?\n${lines.join('\n')}`,
    { memories },
    unconfirmed(call, { memories }, found),
    declined(),
  );
}

async function askSession(service: Memory, session: string, call: Call) {
  const { version, lastSequence, id } = await livingSession(service, session);
  const asked = { session: id, version };
  return asking(
    `Delete the session ${glimpse(id)} with its ${lastSequence} messages for good?`,
    asked,
    unconfirmed(call, asked, [{ id, text: `session with ${lastSequence} messages` }]),
    declined(),
  );
}

function unconfirmed(
  call: Call,
  asked: unknown,
  found: readonly { readonly id: string; readonly text: string }[],
): Answer<Out> {
  const source = 'the memory service';
  const rows = found.map(({ id, text }) => ({ id, text }));
  return {
    kind: 'answer',
    structured: { deleted: [], asked: asUntrusted(source, rows), confirm: call.cursorOf(asked) },
    text: [
      {
        kind: 'note',
        text: 'Nothing is deleted yet. Show the person what follows; if they agree, repeat the call with the handle "confirm" of the structured part.',
      },
      { kind: 'rows', rows, source },
    ],
  };
}

async function deleted(
  service: Memory,
  what: z.output<typeof state>,
  { ids, session }: { readonly ids: readonly string[] | undefined; readonly session: string | undefined },
) {
  if ('session' in what) {
    if (session !== what.session) throw another();
    await livingSession(service, session);
    // The session goes on while the person decides: its messages are part of what they agreed to delete.
    await gone(() => service.ask('deleteSession', { params: { sessionId: session } }));
    return done([session], `The session ${session} is deleted.`);
  }
  const agreedTo = what.memories.map(({ id }) => id);
  if (ids === undefined || new Set([...ids, ...agreedTo]).size !== agreedTo.length) throw another();
  for (const { id, version } of what.memories) {
    await gone(() => service.ask('deleteMemory', { params: { memoryId: id }, ifMatch: version }));
  }
  return done(agreedTo, `${agreedTo.length === 1 ? 'The memory is' : `${agreedTo.length} memories are`} deleted.`);
}

/** What is gone already is what was wanted. */
async function gone(remove: () => Promise<unknown>): Promise<void> {
  try {
    await remove();
  } catch (error) {
    if (!(error instanceof ToolRefusal && error.code === 'not_found')) throw error;
  }
}

const declined = () => done([], 'Nothing is deleted: the person said no.');

const another = () =>
  new ToolRefusal('argument', 'The person agreed to delete something else.', 'Repeat the call without confirm.');

const done = (ids: readonly string[], text: string): Answer<Out> => ({
  kind: 'answer',
  structured: { deleted: [...ids] },
  text: [{ kind: 'note', text }],
  counts: { deleted: ids.length },
});
