/** What went wrong in the database, as a caller is told: never its words, which may name hosts or values of documents. */
import { ToolRefusal } from '@ai-orchestra/mcp-kit';
import {
  MongoDriverError,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoServerError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
} from 'mongodb';

/** @see https://www.mongodb.com/docs/manual/reference/error-codes/ */
const code = {
  unauthorized: 13,
  authenticationFailed: 18,
  namespaceNotFound: 26,
  maxTimeExpired: 50,
  commandNotFound: 59,
  queryExceededMemory: 292,
  exceededMemory: 146,
} as const;

const RETRY_AFTER = 2;

/** The refusal for an error of the driver; anything else is returned as it is. */
export function refusalOf(error: unknown): unknown {
  const cause = { cause: error };
  // The driver does not export the class.
  if (error instanceof MongoDriverError && error.name === 'MongoWaitQueueTimeoutError')
    return new ToolRefusal('busy', 'All connections to the database are in use.', 'Repeat the call in some seconds.', {
      ...cause,
      retryAfter: RETRY_AFTER,
    });
  if (
    error instanceof MongoServerSelectionError ||
    error instanceof MongoNetworkError ||
    error instanceof MongoNotConnectedError ||
    error instanceof MongoTopologyClosedError
  )
    return new ToolRefusal('unavailable', 'The database does not answer.', 'Repeat the call in some seconds.', {
      ...cause,
      retryAfter: RETRY_AFTER,
    });
  return error instanceof MongoServerError ? refusalOfServer(error, cause) : error;
}

function refusalOfServer(error: MongoServerError, cause: { readonly cause: unknown }): ToolRefusal {
  switch (error.code) {
    case code.maxTimeExpired:
      return tooSlow(cause.cause);
    case code.unauthorized:
      return new ToolRefusal(
        'policy',
        'The database does not let this server read that.',
        'Tell the operator of this server.',
        cause,
      );
    case code.authenticationFailed:
      return new ToolRefusal(
        'unavailable',
        'The database does not take the login of this server.',
        'Tell the operator of this server.',
        cause,
      );
    case code.queryExceededMemory:
    case code.exceededMemory:
      return new ToolRefusal(
        'cost',
        'The query needs more memory than it may have.',
        'Filter first, or group less.',
        cause,
      );
    default: {
      // Only of the server's own vocabulary.
      const name = /^[A-Za-z0-9]{1,60}$/.exec(String(error.codeName ?? ''))?.[0] ?? 'without a name';
      return new ToolRefusal(
        'argument',
        `The database does not take the query (error ${name}).`,
        'Compare the types of the fields, as collection_schema has them, with what the operators take.',
        cause,
      );
    }
  }
}

export const tooSlow = (cause?: unknown): ToolRefusal =>
  new ToolRefusal(
    'timeout',
    'The query took longer than it may.',
    'Filter by an indexed field (collection_indexes), or ask for less.',
    cause === undefined ? {} : { cause },
  );

/** Whether a server does not know a command or a form of it, as compatible servers may not. */
export const isNotOffered = (error: unknown): boolean =>
  error instanceof MongoServerError && (error.code === code.commandNotFound || error.code === 9 || error.code === 115);

export const isMissing = (error: unknown): boolean =>
  error instanceof MongoServerError && error.code === code.namespaceNotFound;
