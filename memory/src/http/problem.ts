/** What a caller is told when a request is refused or fails: problem details (RFC 9457). */
import { type Mistake, type ProblemCode, problems, Refusal } from '../api/errors.ts';
import { StoreFull, StoreUnavailable, VersionConflict } from '../stores/store.ts';

export const problemMediaType = 'application/problem+json';

export interface Problem {
  /** Where the service explains this kind of problem. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ProblemCode;
  /** Path of the request. */
  readonly instance?: string;
  readonly errors?: readonly Mistake[];
  readonly [extension: string]: unknown;
}

export interface Told {
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;
  /** What the log keeps, as it is no business of the caller's; absent where the caller was at fault. */
  readonly cause?: unknown;
}

/** Seconds after which a store that did not answer is worth another try. */
const STORE_RETRY = 2;
/** Codes of Fastify and of Node's HTTP parser, by what they mean here. */
const KNOWN: Readonly<Record<string, readonly [ProblemCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [
    'too-large',
    'The body is larger than MEMORY_BODY_LIMIT_BYTES allows. Send less at once.',
  ],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['invalid-request', 'Content-Length is not the length of the body.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['unsupported-media-type', 'Send Content-Type: application/json.'],
  FST_ERR_BAD_URL: ['invalid-request', 'The path is not a well-formed URL path. Percent-encode it as UTF-8.'],
  FST_ERR_MAX_PARAM_LENGTH: ['invalid-request', 'A part of the path is longer than any id.'],
  HPE_HEADER_OVERFLOW: ['headers-too-large', 'The headers are larger than 16 KiB. Send fewer or shorter ones.'],
};

export function toldOf(error: unknown, instance?: string): Told {
  if (error instanceof Refusal) return told(error, instance);
  if (error instanceof StoreUnavailable) {
    const detail = `${error.message}. Nothing is lost; try again.`;
    return { ...told(new Refusal('tier-unavailable', detail, { retryAfter: STORE_RETRY }), instance), cause: error };
  }
  if (error instanceof StoreFull) {
    const detail = `${error.message}. Nothing was dropped: delete something, or ask for more room.`;
    return { ...told(new Refusal('tier-full', detail), instance), cause: error };
  }
  if (error instanceof VersionConflict) {
    const detail = `${error.message}. Read it again and repeat the change.`;
    return told(new Refusal('version-mismatch', detail, { extensions: { found: error.found ?? null } }), instance);
  }
  const [code, detail] = KNOWN[codeOf(error)] ?? [];
  if (code !== undefined && detail !== undefined) return told(new Refusal(code, detail), instance);
  const failed = new Refusal('internal', 'It was logged with the trace id of the request. Try again later.');
  return { ...told(failed, instance), cause: error };
}

function told(refusal: Refusal, instance: string | undefined): Told {
  const { code, message: detail, mistakes: errors, retryAfter, extensions } = refusal;
  const { status, title } = problems[code];
  const headers: Record<string, string> = {};
  if (retryAfter !== undefined) headers['retry-after'] = String(Math.max(1, Math.ceil(retryAfter)));
  const problem = {
    ...extensions,
    type: `/docs/problems#${code}`,
    title,
    status,
    detail,
    code,
    ...(instance !== undefined && { instance }),
    ...(errors.length > 0 && { errors }),
  };
  return { problem, headers };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
