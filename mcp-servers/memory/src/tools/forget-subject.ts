import { setTimeout as wait } from 'node:timers/promises';
import { type Answer, type Call, defineTool, ToolRefusal } from '@ai-orchestra/mcp-kit';
import type { MemoryClient } from '@ai-orchestra/memory/client';
import * as z from 'zod';
import type { Memory } from '../service/access.ts';
import { isServiceAccount, subjectWithin } from '../service/reach.ts';
import { subjectArgument } from './arguments.ts';
import { agreed, asking, confirmArgument, confirmation, glimpse } from './confirmation.ts';
import { ADMIN, type Dependencies } from './dependencies.ts';

const state = z.object({ erase: z.string() });

const output = z.object({
  subject: z.string(),
  status: z.enum(['asked', 'kept', 'running', 'erased']),
  records: z.record(z.string(), z.int()).describe('By tier and kind: to be erased, or erased'),
  remaining: z.int().optional().describe('Found by a second look over every store: 0'),
  signature: z.string().optional().describe('Of the receipt, by the memory service'),
  operation: z.string().optional().describe('Id of what is still running'),
  confirm: confirmation,
});

type Out = z.output<typeof output>;
type Operation = Awaited<ReturnType<MemoryClient['getOperation']>>['body'];

/** Milliseconds between two looks at an operation. */
const EVERY = 250;

export function forgetSubjectTool({ memory: access, config }: Dependencies) {
  return defineTool({
    name: 'forget_subject',
    title: 'Forget a person',
    description:
      'Erases everything about a person or agent from every tier, and gives a receipt. The person who calls is asked before. ' +
      'Example: {"subject":"ana"}',
    input: z.strictObject({
      subject: subjectArgument,
      reason: z.string().min(1).max(1000).optional().describe('Kept in the audit log'),
      confirm: confirmArgument,
    }),
    output,
    annotations: { readOnly: false, destructive: true, idempotent: true },
    scope: ADMIN,
    async run({ subject: given, reason, confirm }, call) {
      if (isServiceAccount(call.caller)) {
        throw new ToolRefusal(
          'policy',
          'A service account does not erase people.',
          'Call with the token of a person who has memory:admin.',
        );
      }
      const service = access(call);
      const subject = subjectWithin(service.reach, given) ?? given;
      const what = agreed(call, confirm, state);
      if (what === 'declined') return declined(subject);
      // Room to answer before the call itself is ended.
      const until = call.now() + config.MCP_TIMEOUT_MS * 0.8;
      if (what === undefined) return asked(service, subject, call, until);
      if (what.erase !== subject) {
        throw new ToolRefusal('argument', 'The person agreed to another subject.', 'Repeat the call without confirm.');
      }
      const body = { ...(reason !== undefined && { reason }) };
      const operation = await finished(service, await begun(service, subject, body), call, until);
      return receipt(subject, operation);
    },
  });
}

async function asked(service: Memory, subject: string, call: Call, until: number) {
  const operation = await finished(service, await begun(service, subject, { dryRun: true }), call, until);
  const records = operation.receipt?.erased ?? {};
  const about = operation.receipt === undefined ? 'How much that is could not be counted in time' : amount(records);
  const otherwise: Answer<Out> = {
    kind: 'answer',
    structured: { subject, status: 'asked', records, confirm: call.cursorOf({ erase: subject }) },
    text: [
      {
        kind: 'note',
        text: `Nothing is erased yet: ${about}. If the person agrees, repeat the call with the handle "confirm" of the structured part.`,
      },
    ],
  };
  const message = `Erase everything about ${glimpse(subject)} for good? ${about}.`;
  return asking(message, { erase: subject }, otherwise, declined(subject));
}

const declined = (subject: string) => told(subject, 'kept', {}, 'Nothing is erased: the person said no.');

function amount(records: Readonly<Record<string, number>>): string {
  const total = Object.values(records).reduce((sum, count) => sum + count, 0);
  const counts = Object.entries(records).map(([kind, count]) => `${kind}: ${count}`);
  return `${total} records${counts.length === 0 ? '' : ` (${counts.join(', ')})`}`;
}

async function begun(
  service: Memory,
  subjectId: string,
  body: { readonly dryRun?: boolean; readonly reason?: string },
) {
  return (await service.ask('forgetSubject', { params: { subjectId }, body })).body;
}

/** The operation when it has ended, or as far as it is when there is no more time. */
async function finished(service: Memory, started: Operation, call: Call, until: number): Promise<Operation> {
  let operation = started;
  while (operation.status === 'running' && call.now() < until) {
    const { done, total } = operation.progress;
    call.progress(done, total ?? undefined, 'erasing');
    await wait(EVERY, undefined, { signal: call.signal });
    operation = (await service.ask('getOperation', { params: { operationId: operation.id } })).body;
  }
  return operation;
}

function receipt(subject: string, { status, receipt: given, id }: Operation): Answer<Out> {
  if (status === 'running') {
    return told(subject, 'running', {}, 'The erasure goes on. Repeat the call later to see what is left.', {
      operation: id,
    });
  }
  if (given === undefined || status !== 'succeeded') {
    throw new ToolRefusal(
      'unavailable',
      'The erasure did not end well: some records may be left.',
      'Repeat the call; it erases what is left.',
    );
  }
  const { erased, remaining, signature } = given;
  const total = Object.values(erased).reduce((sum, count) => sum + count, 0);
  return told(subject, 'erased', erased, `${total} records are erased; ${remaining} are left.`, {
    remaining,
    signature,
  });
}

const told = (
  subject: string,
  status: Out['status'],
  records: Out['records'],
  text: string,
  more: Partial<Out> = {},
): Answer<Out> => ({
  kind: 'answer',
  structured: { subject, status, records, ...more },
  text: [{ kind: 'note', text }],
  counts: records,
});
