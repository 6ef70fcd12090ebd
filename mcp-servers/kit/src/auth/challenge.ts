import { Refused } from '../hosting/answers.ts';

/** What a client is told to find out where to get a token, and for what. */
export interface ChallengeOptions {
  /** URL of the protected resource metadata; not set: there is none. */
  readonly metadataUrl?: string;
  /** Scopes that every call needs. */
  readonly scopes: readonly string[];
}

type Code = 'invalid_request' | 'invalid_token' | 'insufficient_scope';

/** Value of WWW-Authenticate (RFC 6750, RFC 9728). */
export function challenge({ metadataUrl, scopes }: ChallengeOptions, error?: Code): string {
  const parts = ['realm="mcp"'];
  if (error !== undefined) parts.push(`error="${error}"`);
  if (scopes.length > 0) parts.push(`scope="${scopes.join(' ')}"`);
  if (metadataUrl !== undefined) parts.push(`resource_metadata="${metadataUrl}"`);
  return `Bearer ${parts.join(', ')}`;
}

/** The caller learns that the token is no good; why exactly is in `cause`, for the log. */
export const unauthenticated = (options: ChallengeOptions, message: string, error?: Code, cause?: unknown) =>
  new Refused(401, message, { 'www-authenticate': challenge(options, error) }, cause);

export const lacking = (options: ChallengeOptions, missing: readonly string[]) =>
  new Refused(403, `The token lacks the scope ${missing.join(' ')}. Ask its issuer for a token that has it.`, {
    'www-authenticate': challenge(options, 'insufficient_scope'),
  });
