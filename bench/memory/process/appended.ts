import { randomUUID } from 'node:crypto';
import type { Append } from '../../../memory/src/stores/store.ts';

const HOUR = 3_600_000;

/** What the service writes for one message of a session, put together without any of its checks. */
export function appended(
  session: string,
  role: string,
  content: string,
  now: number,
): { readonly id: string; readonly append: Append } {
  const id = randomUUID();
  return {
    id,
    append: {
      parent: { kind: 'session', id: session },
      documents: [
        {
          kind: 'message',
          id,
          attributes: {
            namespace: 'default',
            subjectId: `subject of ${session}`,
            sessionId: session,
            type: 'message',
            status: 'active',
          },
          expiresAt: now + 2 * HOUR,
          pending: true,
          body: { role, text: content, at: now, metadata: {}, epoch: session, writer: 'bench' },
        },
      ],
      expiresAt: now + HOUR,
      also: [],
    },
  };
}
