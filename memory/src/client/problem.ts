import type { Mistake } from '../api/errors.ts';

/** The service refused, or failed. */
export class MemoryProblem extends Error {
  override readonly name = 'MemoryProblem';
  readonly status: number;
  /** A code of docs/problems.md; `unknown` where something else than the service answered. */
  readonly code: string;
  readonly mistakes: readonly Mistake[];
  /** Seconds after which to try again. */
  readonly retryAfter: number | undefined;

  constructor(given: {
    readonly status: number;
    readonly code: string;
    readonly detail: string;
    readonly mistakes: readonly Mistake[];
    readonly retryAfter: number | undefined;
  }) {
    const mistakes = given.mistakes.map(({ pointer, given: was, allowed }) => `${pointer}: ${was}, not ${allowed}`);
    super([`${given.status} ${given.code}: ${given.detail}`, ...mistakes].join('\n'));
    this.status = given.status;
    this.code = given.code;
    this.mistakes = given.mistakes;
    this.retryAfter = given.retryAfter;
  }
}

/** Nothing answered, or not in time: whether the request was done is not known. */
export class MemoryUnreachable extends Error {
  override readonly name = 'MemoryUnreachable';

  constructor(origin: string, cause: unknown) {
    super(`${origin} does not answer. Check that the memory service runs there`, { cause });
  }
}

export function problemOf(response: Response, text: string): MemoryProblem {
  const { code, detail, errors } = parsed(text);
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  return new MemoryProblem({
    status: response.status,
    code: typeof code === 'string' ? code : 'unknown',
    detail: typeof detail === 'string' ? detail : text.slice(0, 200),
    mistakes: Array.isArray(errors) ? errors : [],
    retryAfter: Number.isFinite(retryAfter) ? retryAfter : undefined,
  });
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
