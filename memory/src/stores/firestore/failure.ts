import { StoreFull, StoreUnavailable } from '../store.ts';

/** https://grpc.github.io/grpc/core/md_doc_statuscodes.html */
const status = {
  cancelled: 1,
  unknown: 2,
  deadlineExceeded: 4,
  permissionDenied: 7,
  resourceExhausted: 8,
  aborted: 10,
  internal: 13,
  unavailable: 14,
  dataLoss: 15,
  unauthenticated: 16,
} as const;
const unable: ReadonlySet<unknown> = new Set(Object.values(status));
/** Of the connection, as Node names them. */
const broken = /^(ECONN|ENOTFOUND|EAI_|EPIPE|ETIMEDOUT|EHOST|ENET|ERR_SOCKET|ERR_STREAM|ERR_HTTP2|UND_ERR)/;

/** What an error of the driver means to the one who asked. */
export function storeError(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const { code } = error;
  // Firestore itself grows without end; a project has quotas.
  if (code === status.resourceExhausted && /quota/i.test(error.message))
    return new StoreFull('firestore', { cause: error });
  const away = unable.has(code) || (typeof code === 'string' && broken.test(code));
  return away ? new StoreUnavailable('firestore', { cause: error }) : error;
}

export const isTaken = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 6;
