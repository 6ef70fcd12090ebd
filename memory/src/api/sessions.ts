/** Sessions: what is said in a conversation, in order. They and their messages live in the short tier, as long as they are used. */
import * as z from 'zod';
import * as value from './values.ts';

export const session = z.strictObject({
  id: value.sessionId,
  namespace: value.namespace,
  subjectId: value.subjectId.optional(),
  agentId: value.agentId.optional(),
  metadata: value.metadata,
  lastSequence: z.int().min(0).describe('Number of the newest message; 0: there is none.'),
  createdAt: value.instant,
  updatedAt: value.instant,
  expiresAt: value.instant.describe('When it is gone; each message moves it.'),
  version: value.version,
});

export const createSession = z.strictObject({
  id: value.sessionId.optional(),
  namespace: value.namespace.default('default'),
  subjectId: value.subjectId.optional(),
  agentId: value.agentId.optional(),
  metadata: value.metadata.default({}),
  ttlSeconds: value.ttlSeconds.optional(),
});

export const updateSession = z.strictObject({
  metadata: value.metadata.optional(),
  ttlSeconds: value.ttlSeconds.optional(),
});

export const sessionPath = z.strictObject({ sessionId: value.sessionId });
export const listSessions = z.strictObject({
  namespace: value.namespace.optional(),
  subjectId: value.subjectId.optional(),
  agentId: value.agentId.optional(),
  limit: value.limit(200, 50),
  cursor: value.cursor.optional(),
});
export const sessionPage = z.strictObject({ sessions: z.array(session), next: value.next });

const role = z.enum(['system', 'user', 'assistant', 'tool']).describe('Who speaks, as chat models have it.');

export const newMessage = z.strictObject({
  role,
  content: value.text,
  speaker: value.speaker.optional(),
  at: value.instant.optional().describe('When it was said; now, where not given.'),
  metadata: value.metadata.default({}),
});

export const message = z.strictObject({
  id: z.uuid(),
  sequence: z.int().min(1).describe('Its place in the session: 1, 2, 3, without a gap.'),
  role,
  content: value.text,
  speaker: value.speaker.optional(),
  at: value.instant,
  metadata: value.metadata,
  status: z.enum(['active', 'quarantined']).describe('quarantined: it is kept, and not recalled.'),
});

export const appendMessages = z.strictObject({
  messages: z
    .array(newMessage)
    .min(1)
    .max(100)
    .describe('All of them are appended, in this order and side by side, or none.'),
});
export const appended = z.strictObject({
  messages: z.array(message.pick({ id: true, sequence: true, status: true })),
  lastSequence: z.int(),
  expiresAt: value.instant,
});

export const listMessages = z.strictObject({
  after: z.coerce.number().int().min(0).default(0).describe('Only messages after this number.'),
  limit: value.limit(1000, 100),
});
export const messagePage = z.strictObject({ messages: z.array(message), lastSequence: z.int() });

/** Working state of a session: values by name, each with a life of its own. */
export const statePath = z.strictObject({ sessionId: value.sessionId, key: value.stateKey });
export const stateValue = z.strictObject({
  key: value.stateKey,
  value: z.unknown().describe('Any JSON, at most 64 KiB.'),
  version: value.version,
  updatedAt: value.instant,
  expiresAt: value.instant,
});
const anyJson = z
  .unknown()
  .refine((given) => given !== undefined, 'some JSON')
  .refine(
    (given) => given === undefined || Buffer.byteLength(JSON.stringify(given)) <= 65_536,
    'at most 65536 bytes of JSON',
  );
export const putState = z.strictObject({ value: anyJson, ttlSeconds: value.ttlSeconds.optional() });
export const patchState = z.strictObject({
  merge: anyJson.optional().describe('JSON merge patch (RFC 7396): null takes a member out.'),
  ttlSeconds: value.ttlSeconds.optional().describe('New life from now; alone, it only touches the value.'),
});
