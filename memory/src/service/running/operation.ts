import type * as z from 'zod';
import type { operation } from '../../api/long-running.ts';
import type { Document } from '../../stores/store.ts';
import { defined, instant } from '../records/canonical.ts';

export type Operation = z.output<typeof operation>;
export type OperationChange = Operation['changes'][number];

export interface OperationBody {
  readonly type: Operation['type'];
  readonly status: Operation['status'];
  readonly dryRun: boolean;
  readonly progress: Operation['progress'];
  readonly changes: readonly OperationChange[];
  readonly receipt?: Operation['receipt'];
  readonly error?: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** What was asked for: a retry asks for the same. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly by: string;
}

export interface OperationDocument extends Document {
  readonly body: OperationBody & Readonly<Record<string, unknown>>;
}

/** Changes of an operation that are shown, at most. */
export const MOST_CHANGES = 1000;
/** A running operation says so at least this often; one that did not has lost its process. */
const SILENT_AFTER = 60_000;

/** The service alone writes documents of the kind, so their bodies are what it wrote. */
export function operationDocument(document: Document): OperationDocument {
  return document as OperationDocument;
}

export function operationOf({ id, version, body }: OperationDocument, now: number): Operation {
  const lost = body.status === 'running' && body.updatedAt + SILENT_AFTER <= now;
  return defined({
    id,
    type: body.type,
    status: lost ? 'failed' : body.status,
    dryRun: body.dryRun,
    progress: body.progress,
    changes: [...body.changes],
    receipt: body.receipt,
    error: lost ? 'The process that ran it has ended. Retry it: it goes on with what is left.' : body.error,
    createdAt: instant(body.createdAt),
    updatedAt: instant(body.updatedAt),
    version,
  }) as Operation;
}
