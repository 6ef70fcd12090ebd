import type { IncomingHttpHeaders } from 'node:http';
import { Refusal } from '../api/errors.ts';
import type { Permission } from '../api/operations.ts';
import type { Scope } from '../api/service.ts';

/** Says whose data a request may touch. */
export interface Authenticator {
  /** @throws Refusal unauthenticated, forbidden, keys-unavailable */
  authenticate(headers: IncomingHttpHeaders): Scope | Promise<Scope>;
}

export const allPermissions: ReadonlySet<Permission> = new Set(['read', 'write', 'admin', 'audit']);

/**
 * The token of `Authorization: Bearer ...`.
 * @throws Refusal unauthenticated
 */
export function bearerToken(headers: IncomingHttpHeaders): string {
  const { authorization } = headers;
  if (authorization === undefined) throw unauthenticated('Send Authorization: Bearer and a token.');
  const token = /^bearer +([\w.~+/=-]+) *$/i.exec(authorization)?.[1];
  if (token === undefined) throw unauthenticated('Authorization is not Bearer and a token.', 'invalid_request');
  return token;
}

/** The caller learns that the token is no good; why exactly is in `cause`, for the log. */
export function unauthenticated(detail: string, error?: 'invalid_request' | 'invalid_token', cause?: unknown): Refusal {
  return new Refusal('unauthenticated', detail, {
    ...(error !== undefined && { extensions: { error } }),
    ...(cause !== undefined && { cause }),
  });
}

/** @throws Refusal forbidden */
export function checkPermission(scope: Scope, needed: Permission): void {
  if (scope.permissions.has(needed)) return;
  throw new Refusal('forbidden', `The token lacks the scope memory:${needed}.`, {
    extensions: { error: 'insufficient_scope', scope: `memory:${needed}` },
  });
}

/** Value of WWW-Authenticate (RFC 6750) for a refusal; undefined: it is none of authentication. */
export function challengeOf({ code, extensions: { error, scope } }: Refusal): string | undefined {
  if (code !== 'unauthenticated' && error !== 'insufficient_scope') return undefined;
  const parts = [`realm="memory"`];
  if (typeof error === 'string') parts.push(`error="${error}"`);
  if (typeof scope === 'string') parts.push(`scope="${scope}"`);
  return `Bearer ${parts.join(', ')}`;
}
