import type { IncomingHttpHeaders } from 'node:http';
import type { Caller } from '../tools/tool.ts';

/** Says who calls. */
export interface Authenticator {
  /** @throws {Refused} 401 no token or a bad one, 403 no tenant or a scope that is missing, 503 keys that cannot be fetched */
  authenticate(headers: IncomingHttpHeaders): Caller | Promise<Caller>;
  /** Value of WWW-Authenticate for a call that needs another scope; undefined: scopes do not matter here. */
  stepUp(scope: string, caller: Caller): string | undefined;
  /** Protected resource metadata (RFC 9728), and the paths that it is served at; undefined: none. */
  readonly metadata?: { readonly paths: readonly string[]; readonly document: Readonly<Record<string, unknown>> };
}

/** The person of this machine, who may do everything. */
export function localAuthenticator(scopes: readonly string[]): Authenticator {
  const caller = localCaller(scopes);
  return { authenticate: () => caller, stepUp: () => undefined };
}

export const localCaller = (scopes: readonly string[]): Caller => ({
  principal: 'local',
  scopes: new Set(scopes),
  claims: {},
});
