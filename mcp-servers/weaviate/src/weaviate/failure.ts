import { ToolRefusal } from '@ai-orchestra/mcp-kit';

/** Nothing was ever written for this tenant. */
const NO_TENANT = /tenant not found|tenant does not exist|not found:? .*tenant/i;
const NOT_ACTIVE = /tenant not active|tenant .*(is not active|inactive|offloaded|frozen)/i;
const DOWN =
  /UNAVAILABLE|ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ETIMEDOUT|fetch failed|timed out|socket hang up|shutting down|not ready/i;
const FORBIDDEN = /PERMISSION_DENIED|UNAUTHENTICATED|unauthorized|forbidden|anonymous access not enabled/i;
const NO_INFERENCE = /vectoriz(e|ing)|remote client|inference/i;

/** What the client of Weaviate throws, as what a caller can do. Weaviate's own words are in the cause, for the log alone. */
export function refusalOf(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof ToolRefusal) return error;
  const told = `${error.name} ${error.message} ${error.cause instanceof Error ? error.cause.message : ''}`;
  const refuse = (code: ToolRefusal['code'], message: string, fix: string, retryAfter?: number) =>
    new ToolRefusal(code, message, fix, { cause: error, ...(retryAfter === undefined ? {} : { retryAfter }) });
  if (FORBIDDEN.test(told) || /Unauthenticated|Permissions/.test(error.name)) {
    return refuse(
      'unavailable',
      'Weaviate does not let this server read that.',
      'Ask the operator: the API key of this server needs to read the collection.',
    );
  }
  if (/only stopwords/i.test(told)) {
    return refuse(
      'argument',
      'A filter has only words that the collection leaves out (stop words), such as "the".',
      'Compare with another word, or use the operator like.',
    );
  }
  if (/vector lengths don't match|dimension/i.test(told)) {
    return refuse(
      'argument',
      'The vector has another number of dimensions than those of the collection.',
      'Use the model that made the vectors of the collection, or search by text.',
    );
  }
  if (/maximum results exceeded/i.test(told)) {
    return refuse('cost', 'Weaviate gives no results that far down.', 'Search with narrower words or filters.');
  }
  if (NOT_ACTIVE.test(told)) {
    return refuse(
      'unavailable',
      'Your tenant is not active in Weaviate.',
      'Ask the operator to activate it, or the collection to activate tenants by itself.',
    );
  }
  if (DOWN.test(told)) return unavailable(error);
  if (NO_INFERENCE.test(told)) {
    return refuse(
      'unavailable',
      'Weaviate cannot make a vector of the text: its inference service does not answer.',
      'Repeat the call later, or search with mode "keyword".',
      5,
    );
  }
  return error;
}

export const unavailable = (cause: unknown) =>
  new ToolRefusal('unavailable', 'Weaviate does not answer.', 'Repeat the call later.', { retryAfter: 5, cause });

export const isUnknownTenant = (error: unknown): boolean => error instanceof Error && NO_TENANT.test(error.message);
