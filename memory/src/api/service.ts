/** What the edge calls: one method an operation, after checks of form and permission, before any of the status line. */
import type * as z from 'zod';
import type { OperationId, operations, Permission } from './operations.ts';

/** Whose data, and who asks. Made by authentication alone; there is no way to a store without it. */
export interface Scope {
  readonly tenant: string;
  /** Subject of the token, for provenance and audit. */
  readonly principal: string;
  readonly permissions: ReadonlySet<Permission>;
}

type Table = typeof operations;
type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;

export interface Input<Id extends OperationId> {
  readonly params: z.output<Table[Id]['params']>;
  readonly query: z.output<Table[Id]['query']>;
  readonly body: Table[Id] extends { body: infer B } ? Parsed<B> : undefined;
  /** Where the operation takes one and the caller gave it: 1 to 255 visible ASCII characters. */
  readonly idempotencyKey?: string;
  /** Version of If-Match; `*`: any that exists. */
  readonly ifMatch?: number | '*';
  /** Prefer: wait=indexed: answer when search finds what was written, or after ten seconds. */
  readonly waitIndexed?: boolean;
  /** Consistency-Token of an earlier write that this read must see. */
  readonly consistencyToken?: string;
  readonly traceId?: string;
}

export interface Answer<T> {
  readonly body: T;
  /** Becomes the ETag. */
  readonly version?: number;
  /** Reads that send it back see this write. */
  readonly consistencyToken?: string;
  /** An idempotent request that was answered before: the same answer again. */
  readonly replayed?: boolean;
  /** Preference-Applied: wait=indexed. */
  readonly indexed?: boolean;
}

type Body<Id extends OperationId> = Table[Id] extends { answer: infer A extends z.ZodType } ? z.output<A> : undefined;
/** @throws Refusal, VersionConflict, StoreUnavailable, StoreFull */
export type MemoryService = {
  readonly [Id in OperationId]: (scope: Scope, input: Input<Id>) => Promise<Answer<Body<Id>>>;
};

/** State of one part for /health/ready. */
export interface PartHealth {
  readonly part: 'short' | 'mid' | 'long' | 'semantic' | 'index' | 'embedder';
  readonly name: string;
  readonly up: boolean;
  readonly since?: number;
  readonly error?: string;
}
/** Of the whole service, beside its verbs. */
export interface Lifecycle {
  health(): Promise<readonly PartHealth[]>;
  /** Ends background work and closes the stores; nothing acknowledged is lost. */
  close(): Promise<void>;
}
