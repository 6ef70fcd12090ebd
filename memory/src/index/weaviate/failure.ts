import { StoreFull, StoreUnavailable } from '../../stores/store.ts';

/** Weaviate takes no more writes from the moment when its disk is nearly full. */
const full = /read.?only|disk usage|memory pressure|not enough memory/i;
/** What was asked is wrong: the same question would be answered in the same way. */
const mistaken = /INVALID_ARGUMENT|invalid|UNIMPLEMENTED/i;
const noTenant = /tenant not found|tenant does not exist|not found:? .*tenant/i;

/** What an error of the client means to the one who asked. */
export function indexError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof StoreUnavailable || error instanceof StoreFull) return error;
  if (error instanceof RangeError || error instanceof TypeError || error instanceof EntriesRefused) return error;
  if (full.test(error.message)) return new StoreFull('weaviate', { cause: error });
  if (!/Unauthenticated|Permissions/.test(error.name) && mistaken.test(error.message)) return error;
  return new StoreUnavailable('weaviate', { cause: error });
}

/** Nothing of this tenant was ever indexed. */
export const isUnknownTenant = (error: unknown): boolean => error instanceof Error && noTenant.test(error.message);

/** Weaviate took the others, and cannot take these: a repetition would fail in the same way. */
export class EntriesRefused extends Error {
  override readonly name = 'EntriesRefused';

  constructor(reasons: readonly string[]) {
    super(`weaviate refused ${reasons.length} entries: ${[...new Set(reasons)].slice(0, 3).join('; ')}`);
  }
}

/** What it means that some of a batch were not taken. */
export function refusal(reasons: readonly string[]): StoreFull | EntriesRefused {
  const isFull = reasons.some((reason) => full.test(reason));
  return isFull ? new StoreFull('weaviate', { cause: new Error(reasons[0]) }) : new EntriesRefused(reasons);
}
