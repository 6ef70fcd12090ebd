import { MongoBulkWriteError, MongoError, MongoNetworkError, MongoServerError, MongoSystemError } from 'mongodb';
import { StoreFull, StoreUnavailable } from '../store.ts';

/** https://www.mongodb.com/docs/manual/reference/error-codes/ */
const OUT_OF_DISK_SPACE = 14_031;
const unable: ReadonlySet<number | string | undefined> = new Set([
  6, // HostUnreachable
  7, // HostNotFound
  13, // Unauthorized
  18, // AuthenticationFailed
  50, // MaxTimeMSExpired
  64, // WriteConcernFailed
  89, // NetworkTimeout
  91, // ShutdownInProgress
  100, // UnsatisfiableWriteConcern
  112, // WriteConflict
  133, // FailedToSatisfyReadPreference
  134, // ReadConcernMajorityNotAvailableYet
  189, // PrimarySteppedDown
  246, // SnapshotUnavailable
  251, // NoSuchTransaction
  262, // ExceededTimeLimit
  10_107, // NotWritablePrimary
  11_600, // InterruptedAtShutdown
  11_601, // Interrupted
  11_602, // InterruptedDueToReplStateChange
  13_388, // StaleConfig
  13_435, // NotPrimaryNoSecondaryOk
  13_436, // NotPrimaryOrSecondary
]);

/** What an error of the driver means to the one who asked. */
export function storeError(error: unknown): unknown {
  if (isOfSocket(error)) return new StoreUnavailable('mongodb', { cause: error });
  if (!(error instanceof MongoError)) return error;
  if (error.code === OUT_OF_DISK_SPACE) return new StoreFull('mongodb', { cause: error });
  return isAway(error) ? new StoreUnavailable('mongodb', { cause: error }) : error;
}

/** A connection that breaks while a command is written to it; the driver passes such an error on as Node gives it. */
const isOfSocket = (error: unknown): boolean =>
  error instanceof Error &&
  'syscall' in error &&
  'code' in error &&
  /^E(PIPE|CONN|TIMEDOUT|HOST|NET)/.test(String(error.code));

function isAway(error: MongoError): boolean {
  // A bulk write has what ended it inside, also the loss of the connection.
  const ended: unknown = error instanceof MongoBulkWriteError ? error.errorResponse : undefined;
  if (ended instanceof MongoError) return isAway(ended);
  if (error instanceof MongoNetworkError || error instanceof MongoSystemError) return true;
  if (error.hasErrorLabel('RetryableWriteError') || error.hasErrorLabel('TransientTransactionError')) return true;
  if (error instanceof MongoServerError) return unable.has(error.code);
  // The rest is the driver's own: a pool that was cleared or whose queue took too long, a client that is closed, a cursor cut off.
  return !/^Mongo(InvalidArgument|Parse|Compatibility|API)Error$/.test(error.name);
}

/** Somebody else has a document of this key. */
export const isDuplicate = (error: unknown): boolean => error instanceof MongoServerError && error.code === 11_000;

/** Another transaction changed the same documents: the whole may be tried again. */
export const isContention = (error: unknown): boolean =>
  error instanceof MongoError && error.hasErrorLabel('TransientTransactionError');
