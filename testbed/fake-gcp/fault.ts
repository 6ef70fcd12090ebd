/** What goes wrong in the fake cloud, as a test asks for it. */
import { GoogleError, type Status, serviceDisabled } from './answer.ts';
import type { Failure } from './operation.ts';

/** Refusals in Google's words. */
const refusals = {
  unauthenticated: [
    'UNAUTHENTICATED',
    'Request had invalid authentication credentials. Expected OAuth 2 access token.',
  ],
  denied: ['PERMISSION_DENIED', 'The caller does not have permission.'],
  absent: ['NOT_FOUND', 'Requested entity was not found.'],
  exists: ['ALREADY_EXISTS', 'Requested entity already exists.'],
  conflict: [
    'ABORTED',
    'There were concurrent policy changes. Please retry the whole read-modify-write with exponential backoff.',
  ],
  quota: ['RESOURCE_EXHAUSTED', "Quota exceeded for quota metric 'Requests' and limit 'Requests per minute'."],
  unavailable: ['UNAVAILABLE', 'The service is currently unavailable.'],
  internal: ['INTERNAL', 'Internal error encountered.'],
} as const satisfies Record<string, readonly [Status, string]>;
export type Refusal = keyof typeof refusals | 'service-disabled';

export type FaultKind =
  /** Refused before anything was done. */
  | { readonly refuse: Refusal | GoogleError }
  /** The request is done, and the operation that it begins fails. */
  | { readonly failOperation: Failure }
  /** The connection ends without an answer, before or after the request was done. */
  | { readonly cut: 'before' | 'after' }
  /** Nothing is done, and no answer ever comes. */
  | { readonly hang: true };

export type Fault = FaultKind & {
  /** Such as `container`. @default any */
  readonly api?: string;
  /** @default any */
  readonly method?: string;
  /** Must be found in the path. @default any */
  readonly path?: RegExp;
  /** Requests that could change something alone. @default false */
  readonly writes?: boolean;
  /** How many requests it hits. @default 1 */
  readonly times?: number;
  /** How many that fit it lets pass first. @default 0 */
  readonly after?: number;
};

/** A fault that waits or has hit. */
export interface Injected {
  readonly hits: number;
  /** It hits no more. Idempotent. */
  remove(): void;
}

export interface Asked {
  readonly api: string;
  readonly method: string;
  readonly path: string;
  readonly writes: boolean;
}

interface Waiting {
  readonly fault: Fault;
  passed: number;
  hits: number;
}

export class Faults {
  readonly #waiting = new Set<Waiting>();

  add(fault: Fault): Injected {
    const waiting: Waiting = { fault, passed: 0, hits: 0 };
    this.#waiting.add(waiting);
    return {
      get hits() {
        return waiting.hits;
      },
      remove: () => {
        this.#waiting.delete(waiting);
      },
    };
  }

  clear(): void {
    this.#waiting.clear();
  }

  /** The first that fits a request; it counts as hit. */
  hit(asked: Asked): Fault | undefined {
    for (const waiting of this.#waiting) {
      const { fault } = waiting;
      if (waiting.hits >= (fault.times ?? 1) || !fits(fault, asked)) continue;
      if (waiting.passed < (fault.after ?? 0)) {
        waiting.passed++;
        continue;
      }
      waiting.hits++;
      return fault;
    }
    return undefined;
  }
}

const fits = ({ api, method, path, writes }: Fault, asked: Asked) =>
  (api === undefined || api === asked.api) &&
  (method === undefined || method === asked.method) &&
  (path === undefined || path.test(asked.path)) &&
  (writes !== true || asked.writes);

export function refusal(kind: Refusal | GoogleError, host: string, projectNumber: string): GoogleError {
  if (kind instanceof GoogleError) return kind;
  if (kind === 'service-disabled') return serviceDisabled(host, projectNumber);
  const [status, message] = refusals[kind];
  return new GoogleError(status, message);
}
