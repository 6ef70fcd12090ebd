import { StoreFull, StoreUnavailable } from '../store.ts';

/** Answers of a server that is there and cannot do it now: it loads, saves, fails over, or was given another password. */
const unable = /^(LOADING|BUSY|BUSYGROUP|MISCONF|READONLY|MASTERDOWN|NOREPLICAS|TRYAGAIN|NOAUTH|WRONGPASS|NOPERM)\b/;
const full = /^(-?OOM\b|ERR out of memory\b|Out of memory\b)/i;

/** What an error of the driver means to the one who asked. */
export function storeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  // Everything that is not a reply is of the connection: refused, closed, timed out, or the client was closed.
  if (error.name !== 'ReplyError') {
    return isMistake(error) ? error : new StoreUnavailable('dragonfly', { cause: error });
  }
  if (full.test(error.message)) return new StoreFull('dragonfly', { cause: error });
  if (unable.test(error.message)) return new StoreUnavailable('dragonfly', { cause: error });
  return error;
}

const isMistake = (error: Error) =>
  error instanceof RangeError || error instanceof TypeError || error instanceof SyntaxError;
