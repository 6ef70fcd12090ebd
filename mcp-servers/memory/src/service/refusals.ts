/** What the memory service refuses, as a caller of a tool is told. */

import { type RefusalCode, ToolRefusal } from '@ai-orchestra/mcp-kit';
import { MemoryProblem, MemoryUnreachable } from '@ai-orchestra/memory/client';

interface Told {
  readonly code: RefusalCode;
  readonly fix: string;
  /** The service's own words go to the caller: they speak of what the caller gave. */
  readonly quote?: true;
}

const operator = 'Repeat the call later; if it fails again, tell the operator of this server.';

/** By the codes of the service's problems. */
const told: Readonly<Record<string, Told>> = {
  'invalid-request': { code: 'argument', fix: 'Correct the arguments and repeat the call.', quote: true },
  'not-found': { code: 'not_found', fix: 'Use an id that recall or list_sessions gives.', quote: true },
  conflict: { code: 'conflict', fix: 'Read it again, then decide.', quote: true },
  'idempotency-conflict': { code: 'conflict', fix: 'Use another idempotency_key for another request.', quote: true },
  'already-exists': { code: 'conflict', fix: 'Use it, or choose another id.', quote: true },
  'legal-hold': { code: 'policy', fix: 'It stays until the operator ends the hold.', quote: true },
  'version-mismatch': { code: 'conflict', fix: 'It was changed meanwhile: read it again, then decide.', quote: true },
  'too-large': { code: 'argument', fix: 'Send less in one call.', quote: true },
  'quarantine-rejected': {
    code: 'policy',
    fix: 'Say the fact alone: no secret, no instruction, nothing that was only read back.',
    quote: true,
  },
  'no-embedder': { code: 'argument', fix: 'Use mode "hybrid" or "lexical".', quote: true },
  forbidden: { code: 'policy', fix: 'Ask the operator for access.' },
  'rate-limited': { code: 'busy', fix: 'Wait and repeat the call.' },
  'quota-exceeded': { code: 'cost', fix: 'Forget what is not needed any more, or ask the operator for more room.' },
  'tier-full': { code: 'unavailable', fix: operator },
};

/** Asked of what failed: whether it may have been done all the same. */
export interface Asked {
  /** Nothing is changed by it, or a repetition is recognised. */
  readonly repeatable: boolean;
}

/** Anything that the client of the service throws, as a refusal; what is neither comes back as it is. */
export function refusalOf(error: unknown, { repeatable }: Asked): unknown {
  if (error instanceof MemoryUnreachable) {
    return new ToolRefusal(
      'unavailable',
      'The memory service does not answer.',
      repeatable
        ? 'Repeat the call in some seconds.'
        : 'It is not known whether the change was made: look before you repeat the call.',
      { retryAfter: 5, cause: error.cause ?? error },
    );
  }
  if (!(error instanceof MemoryProblem)) return error;
  const { retryAfter } = error;
  const more = { ...(retryAfter !== undefined && { retryAfter }), cause: error };
  const { code, fix, quote } = told[error.code] ?? { code: 'unavailable' as const, fix: operator };
  const message = quote === true ? wordsOf(error) : (plain[error.code] ?? 'The memory service cannot answer now.');
  return new ToolRefusal(code, message, fix, more);
}

const plain: Readonly<Record<string, string>> = {
  forbidden: 'The memory service does not allow this.',
  'rate-limited': 'The tenant asks the memory service too much at once.',
  'quota-exceeded': 'The tenant holds as much as it may.',
  unauthenticated: "The memory service does not take this server's token.",
  'tier-full': 'A store of the memory service has no room.',
  'tier-unavailable': 'A store of the memory service does not answer.',
};

/** Without the status and the code before them; mistakes with the argument that they are of. */
function wordsOf({ message, status, code }: MemoryProblem): string {
  const prefix = `${status} ${code}: `;
  return message.startsWith(prefix) ? message.slice(prefix.length) : message;
}
