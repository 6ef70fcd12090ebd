/** Typed client of the memory API: a method for each operation of the table, with its request and answer. */
import type * as z from 'zod';
import { type Operation, type OperationId, operations } from '../api/operations.ts';
import { MemoryProblem, MemoryUnreachable, problemOf } from './problem.ts';

export { MemoryProblem, MemoryUnreachable } from './problem.ts';

type Table = typeof operations;
type Given<S> = S extends z.ZodType ? z.input<S> : never;
type Part<Id extends OperationId, Name extends 'params' | 'query'> = z.input<Table[Id][Name]>;
/** An object without members has the index signature of `strictObject({})`. */
type Named<Name extends string, T> = string extends keyof T
  ? { readonly [K in Name]?: undefined }
  : Partial<T> extends T
    ? { readonly [K in Name]?: T }
    : { readonly [K in Name]: T };
type Body<Id extends OperationId> = Table[Id] extends { body: infer B }
  ? { readonly body: Given<B> }
  : { readonly body?: undefined };

export interface CallOptions {
  /** Answers a repetition with the first answer; made by the client where an operation takes one and none is given. */
  readonly idempotencyKey?: string;
  /** Changes only this version; `*`: any that exists. */
  readonly ifMatch?: number | '*';
  /** Waits until searches find what is written. */
  readonly waitIndexed?: boolean;
  /** `consistencyToken` of an earlier write that this read must see. */
  readonly consistencyToken?: string;
  /** Tenant that a trusted service account acts for. */
  readonly tenant?: string;
  /** Trace that goes on in the service (W3C). */
  readonly traceparent?: string;
  readonly signal?: AbortSignal;
}

export type CallInput<Id extends OperationId> = Named<'params', Part<Id, 'params'>> &
  Named<'query', Part<Id, 'query'>> &
  Body<Id> &
  CallOptions;

export interface ClientAnswer<T> {
  readonly body: T;
  /** For `ifMatch`. */
  readonly version?: number;
  readonly consistencyToken?: string;
}

type Output<Id extends OperationId> = Table[Id] extends { answer: infer A extends z.ZodType } ? z.output<A> : undefined;
type Method<Id extends OperationId> =
  Record<string, never> extends CallInput<Id>
    ? (input?: CallInput<Id>) => Promise<ClientAnswer<Output<Id>>>
    : (input: CallInput<Id>) => Promise<ClientAnswer<Output<Id>>>;

/** @throws MemoryProblem where the service refuses; MemoryUnreachable where it does not answer */
export type MemoryClient = { readonly [Id in OperationId]: Method<Id> };

export interface ClientOptions {
  /** Such as `http://127.0.0.1:8080`. */
  readonly baseUrl: string;
  /** The token, or what gives the one that is valid now. */
  readonly token: string | (() => string | Promise<string>);
  /** Milliseconds for one attempt. @default 30000 */
  readonly timeoutMilliseconds?: number;
  /** Attempts of a request that may be repeated safely. @default 3 */
  readonly attempts?: number;
  /** Longest Retry-After that is waited for, in milliseconds; a longer one is the caller's to wait. @default 10000 */
  readonly longestWaitMilliseconds?: number;
}

/** What may pass by itself. */
const PASSING: ReadonlySet<number> = new Set([429, 502, 503, 504]);
/** Before the second attempt where the service names no time; doubled with each. */
const FIRST_WAIT = 200;

export function createMemoryClient(options: ClientOptions): MemoryClient {
  const methods = Object.keys(operations).map((id) => [
    id,
    (input: AnyInput = {}) => call(options, operations[id as OperationId], input),
  ]);
  return Object.fromEntries(methods);
}

interface AnyInput extends CallOptions {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

async function call(options: ClientOptions, operation: Operation, input: AnyInput): Promise<ClientAnswer<unknown>> {
  const { attempts = 3, longestWaitMilliseconds = 10_000 } = options;
  const request = requestOf(options, operation, input);
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(options, request, input.signal);
    } catch (error) {
      const wait = attempt < attempts && request.repeatable ? waitOf(error, attempt) : undefined;
      if (wait === undefined || wait > longestWaitMilliseconds) throw error;
      await sleep(wait, input.signal);
    }
  }
}

interface Prepared {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Doing it twice is as doing it once. */
  readonly repeatable: boolean;
}

/** Reads that are sent as POST. */
const reads: ReadonlySet<string> = new Set(['/v1/memories/search', '/v1/context']);

function requestOf({ baseUrl }: ClientOptions, operation: Operation, input: AnyInput): Prepared {
  const { path, method, idempotent = false, body: schema } = operation;
  const { params = {}, query = {}, body, ifMatch, waitIndexed, consistencyToken, tenant, traceparent } = input;
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])));
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]));
  const key = idempotent ? (input.idempotencyKey ?? crypto.randomUUID()) : undefined;
  const sent = schema === undefined ? undefined : JSON.stringify(body);
  const url = `${baseUrl.replace(/\/$/, '')}${filled}${search.size === 0 ? '' : `?${search}`}`;
  return {
    url,
    method,
    headers: {
      accept: 'application/json',
      ...(sent !== undefined && { 'content-type': 'application/json' }),
      ...(key !== undefined && { 'idempotency-key': key }),
      ...(ifMatch !== undefined && { 'if-match': ifMatch === '*' ? '*' : `"${ifMatch}"` }),
      ...(waitIndexed && { prefer: 'wait=indexed' }),
      ...(consistencyToken !== undefined && { 'consistency-token': consistencyToken }),
      ...(tenant !== undefined && { 'memory-tenant': tenant }),
      ...(traceparent !== undefined && { traceparent }),
    },
    ...(sent !== undefined && { body: sent }),
    repeatable: method === 'GET' || idempotent || reads.has(path),
  };
}

async function once(
  options: ClientOptions,
  request: Prepared,
  signal: AbortSignal | undefined,
): Promise<ClientAnswer<unknown>> {
  const { token, timeoutMilliseconds = 30_000 } = options;
  const bearer = typeof token === 'string' ? token : await token();
  const { url, method, body } = request;
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method,
      redirect: 'error',
      headers: { ...request.headers, authorization: `Bearer ${bearer}` },
      ...(body !== undefined && { body }),
      signal: AbortSignal.any([AbortSignal.timeout(timeoutMilliseconds), ...(signal ? [signal] : [])]),
    });
    text = await response.text();
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new MemoryUnreachable(new URL(url).origin, cause);
  }
  if (!response.ok) throw problemOf(response, text);
  const version = /^"(\d+)"$/.exec(response.headers.get('etag') ?? '')?.[1];
  const consistencyToken = response.headers.get('consistency-token');
  return {
    body: text === '' ? undefined : JSON.parse(text),
    ...(version !== undefined && { version: Number(version) }),
    ...(consistencyToken !== null && { consistencyToken }),
  };
}

/** Milliseconds until another attempt may do better; undefined: none will. */
function waitOf(error: unknown, attempt: number): number | undefined {
  const usual = FIRST_WAIT * 2 ** (attempt - 1);
  if (error instanceof MemoryUnreachable) return usual;
  if (!(error instanceof MemoryProblem) || !PASSING.has(error.status)) return undefined;
  // A quota is not filled again by waiting.
  if (error.code === 'quota-exceeded') return undefined;
  return error.retryAfter === undefined ? usual : error.retryAfter * 1000;
}

function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const ended = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', ended);
      resolve();
    }, milliseconds);
    if (signal?.aborted) ended();
    else signal?.addEventListener('abort', ended, { once: true });
  });
}
