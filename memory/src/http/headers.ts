/** What the headers of a request ask for, beside its body. */
import type { IncomingHttpHeaders } from 'node:http';
import { type Mistake, Refusal } from '../api/errors.ts';
import type { Operation } from '../api/operations.ts';

export interface Asked {
  readonly idempotencyKey?: string;
  readonly ifMatch?: number | '*';
  readonly waitIndexed?: boolean;
  readonly consistencyToken?: string;
}

/** @throws Refusal precondition-required */
export function askedOf(operation: Operation, headers: IncomingHttpHeaders, mistakes: Mistake[]): Asked {
  const { prefer } = headers;
  const ifMatch = operation.ifMatch === undefined ? undefined : matchOf(headers['if-match'], mistakes);
  if (operation.ifMatch === 'required' && headers['if-match'] === undefined) {
    throw new Refusal('precondition-required', 'Send If-Match with the ETag that you read.');
  }
  const idempotencyKey = operation.idempotent
    ? printable('idempotency-key', 255, headers['idempotency-key'], mistakes)
    : undefined;
  const consistencyToken = printable('consistency-token', 2048, headers['consistency-token'], mistakes);
  const waits = typeof prefer === 'string' && /(?:^|[,;\s])wait\s*=\s*"?indexed"?(?:$|[,;\s])/i.test(prefer);
  return {
    ...(idempotencyKey !== undefined && { idempotencyKey }),
    ...(ifMatch !== undefined && { ifMatch }),
    ...(waits && { waitIndexed: true }),
    ...(consistencyToken !== undefined && { consistencyToken }),
  };
}

export const etag = (version: number): string => `"${version}"`;

/** Whether the caller has what it would be sent. @param tag the strong ETag of that */
export function isCached(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const tags = ifNoneMatch.split(',').map((one) => one.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(tag);
}

/** @throws Refusal not-acceptable */
export function checkAccept(accept: string | undefined): void {
  if (accept === undefined || accept === '*/*' || accept === 'application/json') return;
  const ranges = accept.split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    return { type, refused: parameters.some((one) => /^q=0(?:\.0{0,3})?$/.test(one)) };
  });
  // The most exact range that speaks of JSON decides.
  for (const type of ['application/json', 'application/*', '*/*']) {
    const range = ranges.find((one) => one.type === type);
    if (range === undefined) continue;
    if (range.refused) break;
    return;
  }
  throw new Refusal('not-acceptable', 'Answers are application/json. Accept it, or send no Accept header.');
}

function matchOf(given: string | undefined, mistakes: Mistake[]): number | '*' | undefined {
  if (given === undefined || given === '*') return given;
  const version = /^"(\d{1,15})"$/.exec(given)?.[1];
  if (version !== undefined) return Number(version);
  mistakes.push({
    pointer: 'header/If-Match',
    given: given.slice(0, 80),
    allowed: 'one strong ETag such as "3", or *',
    fix: 'Send the ETag as it was received.',
  });
  return undefined;
}

function printable(name: string, longest: number, given: string | string[] | undefined, mistakes: Mistake[]) {
  if (given === undefined) return undefined;
  if (typeof given === 'string' && given.length <= longest && /^[\x21-\x7E]+$/.test(given)) return given;
  const allowed = `1 to ${longest} visible ASCII characters, once`;
  mistakes.push({ pointer: `header/${name}`, given: String(given).slice(0, 80), allowed });
  return undefined;
}
