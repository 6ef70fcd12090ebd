import type * as z from 'zod';
import type { memory, newMemory, revision } from '../../api/memories.ts';
import type { Document, Tier } from '../../stores/store.ts';
import { defined, instant } from './canonical.ts';

export type Memory = z.output<typeof memory>;
export type NewMemory = z.output<typeof newMemory>;
export type Change = z.output<typeof revision>['change'];

/** What a memory's document holds; times are milliseconds since 1970. */
export interface MemoryBody {
  readonly tier: Tier;
  readonly text: string;
  readonly fingerprint: string;
  readonly speaker?: string;
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly importance: number;
  readonly pinned: boolean;
  readonly findings?: readonly NonNullable<Memory['findings']>[number][];
  readonly provenance: Memory['provenance'];
  readonly at: number;
  readonly validFrom: number;
  readonly validTo: number | null;
  readonly supersedes?: readonly string[];
  readonly supersededBy?: string;
  readonly supersededAt?: number;
  readonly promotedFrom?: Tier;
  /** Version of the source that was copied: one that is newer was changed at the same time. */
  readonly promotedVersion?: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** What made this version, and who. */
  readonly change: Change;
  readonly by: string;
}

export interface MemoryDocument extends Document {
  readonly kind: 'memory';
  readonly body: MemoryBody & Readonly<Record<string, unknown>>;
}

/** The service alone writes documents of the kind, so their bodies are what it wrote. */
export function memoryDocument(document: Document): MemoryDocument {
  return document as MemoryDocument;
}

export function memoryOf({ id, version, attributes, expiresAt, body }: MemoryDocument): Memory {
  return defined({
    id,
    tier: body.tier,
    type: (attributes.type ?? 'episodic') as Memory['type'],
    text: body.text,
    namespace: attributes.namespace ?? 'default',
    subjectId: attributes.subjectId,
    agentId: attributes.agentId,
    sessionId: attributes.sessionId,
    speaker: body.speaker,
    tags: [...body.tags],
    metadata: body.metadata,
    importance: body.importance,
    pinned: body.pinned,
    status: (attributes.status ?? 'active') as Memory['status'],
    findings: body.findings === undefined || body.findings.length === 0 ? undefined : [...body.findings],
    provenance: body.provenance,
    at: instant(body.at),
    validFrom: instant(body.validFrom),
    validTo: body.validTo === null ? null : instant(body.validTo),
    supersedes: body.supersedes === undefined ? undefined : [...body.supersedes],
    supersededBy: body.supersededBy,
    promotedFrom: body.promotedFrom,
    createdAt: instant(body.createdAt),
    updatedAt: instant(body.updatedAt),
    expiresAt: expiresAt === null ? null : instant(expiresAt),
    version,
  }) as Memory;
}

/** Versions of a memory that are kept beside the one that lives. */
const MOST_REVISIONS = 100;

const revisionId = (memoryId: string, version: number): string => `${memoryId}:${version}`;

/** Keys of the versions before the one that lives. */
export function revisionKeys({ id, version }: Pick<Document, 'id' | 'version'>) {
  const first = Math.max(1, version - MOST_REVISIONS);
  return Array.from({ length: version - first }, (_, index) => ({
    kind: 'revision' as const,
    id: revisionId(id, first + index),
  }));
}

/** What a memory was, kept as long as the memory itself. */
export function revisionDocument(memory: MemoryDocument, expiresAt: number | null): Document {
  return {
    ...memory,
    kind: 'revision',
    id: revisionId(memory.id, memory.version),
    version: 1,
    expiresAt,
    pending: false,
    body: { ...memory.body, of: memory.id, revision: memory.version },
  };
}

export function revisionOf(document: Document): z.output<typeof revision> {
  const { body } = memoryDocument(document);
  const version = document.kind === 'revision' ? Number(document.body.revision) : document.version;
  return {
    version,
    change: body.change,
    text: body.text,
    metadata: body.metadata,
    importance: body.importance,
    tier: body.tier,
    at: instant(body.updatedAt),
    by: body.by,
  };
}
