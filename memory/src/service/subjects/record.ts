import type * as z from 'zod';
import type { subjectDocument } from '../../api/subjects.ts';
import type { Document, Kind } from '../../stores/store.ts';
import { instant } from '../records/canonical.ts';
import { hashed } from '../records/identifiers.ts';

export type SubjectDocument = z.output<typeof subjectDocument>;
/** What is kept of a subject itself. */
export type SubjectPart = 'profile' | 'preferences';

export function subjectKey(subjectId: string, name: SubjectPart) {
  return { kind: 'subject', id: hashed('subject', name, subjectId) } as const;
}

export function subjectOf(subjectId: string, document: Document | undefined): SubjectDocument {
  if (document === undefined) return { subjectId, value: {}, updatedAt: null, version: 0 };
  return {
    subjectId,
    value: document.body.value as Record<string, unknown>,
    updatedAt: instant(Number(document.body.updatedAt)),
    version: document.version,
  };
}

/** Kinds of documents that can be about a subject, and carry its id. */
export const subjectKinds: readonly Kind[] = [
  'session',
  'message',
  'state',
  'memory',
  'revision',
  'subject',
  'usage',
  'idempotency',
];
