/** Subjects: what is known of a person or an agent, and their right to see it and have it forgotten. */
import * as z from 'zod';
import { memory } from './memories.ts';
import { message, session } from './sessions.ts';
import * as value from './values.ts';

export const subjectPath = z.strictObject({ subjectId: value.subjectId });

const document = value.jsonObject(32 * 1024).describe('JSON object of at most 32 KiB.');
export const subjectDocument = z.strictObject({
  subjectId: value.subjectId,
  value: document,
  updatedAt: value.instant.nullable().describe('null: nothing has been written yet.'),
  version: z.int().min(0).describe('0: nothing has been written yet.'),
});
export const patchSubject = z.strictObject({
  merge: document.describe('JSON merge patch (RFC 7396): null takes a member out.'),
});

export const forget = z.strictObject({
  reason: z.string().min(1).max(1000).optional().describe('Kept in the audit log.'),
  dryRun: z.boolean().default(false).describe('True: counts what would be erased.'),
});

const count = z.int().min(0);
export const receipt = z.strictObject({
  subjectId: value.subjectId,
  erased: z.record(z.string(), count).describe('Records erased, by store and kind, such as `mid.memory`.'),
  remaining: count.describe('Records of the subject that a second look over all stores and the index found: 0.'),
  startedAt: value.instant,
  finishedAt: value.instant,
  signature: z.string().describe('HMAC-SHA256 of the fields above as JSON with sorted keys, base64url.'),
});

export const exported = z.strictObject({
  subjectId: value.subjectId,
  exportedAt: value.instant,
  profile: document,
  preferences: document,
  sessions: z.array(session.extend({ messages: z.array(message) })),
  memories: z.array(memory),
  ...value.completeness,
});
