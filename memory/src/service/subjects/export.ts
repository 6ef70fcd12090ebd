import type * as z from 'zod';
import type { Answer, Input, Scope } from '../../api/service.ts';
import type { exported } from '../../api/subjects.ts';
import type { Tier } from '../../stores/store.ts';
import { storeTiers } from '../dependencies.ts';
import type { MemoryParts } from '../memories/create.ts';
import { defined, instant } from '../records/canonical.ts';
import { type Memory, memoryDocument, memoryOf } from '../records/memory.ts';
import { belongs } from '../sessions/messages.ts';
import { type Message, messageOf, type Session, sessionDocument, sessionOf } from '../sessions/record.ts';
import { tiersOf } from '../tiers/tiers.ts';
import { type SubjectPart, subjectKey } from './record.ts';

type Exported = z.output<typeof exported>;

/** Gives out everything about a subject; what a tier that is down may have is named as missing. */
export async function exportSubject(
  { tiers, audit }: MemoryParts,
  scope: Scope,
  { params, traceId }: Input<'exportSubject'>,
): Promise<Answer<Exported>> {
  const { subjectId } = params;
  const { tenant } = scope;
  const memories = new Map<string, Memory>();
  const sessions: (Session & { messages: Message[] })[] = [];
  const documents: Record<SubjectPart, Record<string, unknown>> = { profile: {}, preferences: {} };
  const { down } = await tiers.each(storeTiers, async (tier) => {
    for await (const page of tiers.walk(tenant, tier, 'memory', { subjectId })) {
      for (const document of page) {
        const known = memories.get(document.id);
        if (known === undefined || known.version < document.version) {
          memories.set(document.id, memoryOf(memoryDocument(document)));
        }
      }
    }
    if (tier === 'short') {
      for await (const page of tiers.walk(tenant, tier, 'session', { subjectId })) {
        for (const found of page) {
          const session = sessionDocument(found);
          const messages: Message[] = [];
          for await (const some of tiers.walk(tenant, tier, 'message', { sessionId: session.id })) {
            messages.push(...some.filter((one) => belongs(one, session)).map(messageOf));
          }
          sessions.push({ ...sessionOf(session), messages });
        }
      }
    }
    if (tier === 'long') {
      for (const name of ['profile', 'preferences'] as const) {
        const found = await tiers.get(tenant, tier, subjectKey(subjectId, name));
        if (found !== undefined) documents[name] = found.body.value as Record<string, unknown>;
      }
    }
  });
  const ids = [...memories.keys()];
  audit.record(scope, { action: 'export', operation: 'exportSubject', ids, ...defined({ subjectId, traceId }) });
  await audit.flush().catch(() => undefined);
  return {
    body: {
      subjectId,
      exportedAt: instant(tiers.now()),
      ...documents,
      sessions,
      memories: [...memories.values()],
      partial: down.length > 0,
      degraded: down.flatMap((tier): Tier[] => [...tiersOf(tier)]),
    },
  };
}
