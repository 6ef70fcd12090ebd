/** What a verb can refuse; the edge makes a problem (RFC 9457) of it. */

/** Each has one status and one page in docs/problems.md. */
export const problems = {
  'invalid-request': { status: 400, title: 'The request is not as the API asks for' },
  unauthenticated: { status: 401, title: 'There is no valid token' },
  forbidden: { status: 403, title: 'The token does not allow this' },
  'not-found': { status: 404, title: 'There is no such thing, or not for you' },
  'method-not-allowed': { status: 405, title: 'This path has no such method' },
  'not-acceptable': { status: 406, title: 'The API answers in JSON' },
  conflict: { status: 409, title: 'It is not in a state for that' },
  'idempotency-conflict': { status: 409, title: 'The same Idempotency-Key came with another request' },
  'already-exists': { status: 409, title: 'It exists already' },
  'legal-hold': { status: 409, title: 'The namespace is on legal hold' },
  'version-mismatch': { status: 412, title: 'It has changed since you read it' },
  'too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The API reads JSON' },
  'quarantine-rejected': { status: 422, title: 'The text looks like a secret or an instruction' },
  'no-embedder': { status: 422, title: 'Search by meaning needs an embedder' },
  'precondition-required': { status: 428, title: 'If-Match says which version to change' },
  'rate-limited': { status: 429, title: 'Too many requests' },
  'quota-exceeded': { status: 429, title: 'The tenant holds as much as it may' },
  'headers-too-large': { status: 431, title: 'The headers are too large' },
  internal: { status: 500, title: 'The service failed' },
  overloaded: { status: 503, title: 'The service has too much to do' },
  'keys-unavailable': { status: 503, title: 'The keys that tokens are verified with cannot be had' },
  'tier-unavailable': { status: 503, title: 'A store does not answer' },
  'tier-full': { status: 507, title: 'A store has no room' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof problems;

/** One mistake of a request. */
export interface Mistake {
  /** JSON pointer into the body, or `query/name`, `path/name`, `header/name`. */
  readonly pointer: string;
  readonly given: string;
  readonly allowed: string;
  readonly fix?: string;
}

/** A refusal that the caller is told about. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: ProblemCode;
  readonly mistakes: readonly Mistake[];
  /** Seconds after which to try again. */
  readonly retryAfter: number | undefined;
  /** More members of the problem, such as the tier that is down. */
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(
    code: ProblemCode,
    detail: string,
    more: {
      readonly mistakes?: readonly Mistake[];
      readonly retryAfter?: number;
      readonly extensions?: Readonly<Record<string, unknown>>;
      readonly cause?: unknown;
    } = {},
  ) {
    super(detail, more.cause === undefined ? {} : { cause: more.cause });
    this.code = code;
    this.mistakes = more.mistakes ?? [];
    this.retryAfter = more.retryAfter;
    this.extensions = more.extensions ?? {};
  }
}
