import type { IncomingHttpHeaders } from 'node:http';
import type { OperationId } from '../api/operations.ts';
import type { Scope } from '../api/service.ts';

/** What the edge tells of each request. Texts of memories, queries and tokens are never among it. */
export interface Observer {
  /** @param operation of the table, or `other` */
  finished(operation: OperationId | 'other', status: number, seconds: number): void;
  /** A request failed through no fault of the caller. */
  failed(operation: OperationId | 'other', code: string, cause: unknown): void;
  /** Runs the work in a span that goes on with the caller's trace; its id is given to the work. */
  traced<T>(
    operation: OperationId,
    headers: IncomingHttpHeaders,
    scope: Scope,
    work: (traceId?: string) => Promise<T>,
  ): Promise<T>;
}
