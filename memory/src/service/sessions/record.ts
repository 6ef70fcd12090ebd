import type * as z from 'zod';
import type { message, session, stateValue } from '../../api/sessions.ts';
import type { Document } from '../../stores/store.ts';
import { defined, instant } from '../records/canonical.ts';
import { hashed } from '../records/identifiers.ts';

export type Session = z.output<typeof session>;
export type Message = z.output<typeof message>;
export type StateValue = z.output<typeof stateValue>;

export interface SessionBody {
  /** Told by this from a session of the same id that was deleted before. */
  readonly epoch: string;
  readonly lastSequence: number;
  readonly ttlMilliseconds: number;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly createdAt: number;
}

export interface SessionDocument extends Document {
  readonly body: SessionBody & Readonly<Record<string, unknown>>;
  readonly expiresAt: number;
}

/** The service alone writes documents of the kind, so their bodies are what it wrote. */
export function sessionDocument(document: Document): SessionDocument {
  return document as SessionDocument;
}

export function sessionOf({ id, version, attributes, expiresAt, body }: SessionDocument): Session {
  return defined({
    id,
    namespace: attributes.namespace ?? 'default',
    subjectId: attributes.subjectId,
    agentId: attributes.agentId,
    metadata: body.metadata,
    lastSequence: body.lastSequence,
    createdAt: instant(body.createdAt),
    // Every change moves the end of its life, so that tells when the last one was.
    updatedAt: instant(expiresAt - body.ttlMilliseconds),
    expiresAt: instant(expiresAt),
    version,
  }) as Session;
}

export function messageOf({ id, attributes, order, body }: Document): Message {
  return defined({
    id,
    sequence: order,
    role: body.role,
    content: body.text,
    speaker: body.speaker,
    at: instant(Number(body.at)),
    metadata: body.metadata,
    status: attributes.status ?? 'active',
  }) as Message;
}

export function stateKey(sessionId: string, key: string) {
  return { kind: 'state', id: hashed('state', sessionId, key) } as const;
}

export function stateOf({ version, expiresAt, body }: Document): StateValue {
  return {
    key: String(body.key),
    value: body.value,
    version,
    updatedAt: instant(Number(body.updatedAt)),
    expiresAt: instant(expiresAt ?? 0),
  };
}
