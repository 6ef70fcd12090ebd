import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Refusal } from '../api/errors.ts';
import type { Scope } from '../api/service.ts';
import { type Authenticator, allPermissions, bearerToken, unauthenticated } from './authenticator.ts';

const scope: Scope = { tenant: 'local', principal: 'local', permissions: allPermissions };
/** Shorter was not made here. */
const SHORTEST = 32;

/** Names by which a program on this machine reaches it. A web page that was rebound to 127.0.0.1 sends its own. */
const LOCAL_HOST = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i;

/** The one tenant of a machine: whoever can read the token's file, from this machine. */
export class LocalAuthenticator implements Authenticator {
  readonly #digest: Buffer;

  constructor(token: string) {
    this.#digest = digest(token);
  }

  authenticate(headers: IncomingHttpHeaders): Scope {
    if (!LOCAL_HOST.test(headers.host ?? '')) {
      throw new Refusal('forbidden', 'Host is not localhost, 127.0.0.1 or [::1]: the request came by another name.');
    }
    if (!timingSafeEqual(digest(bearerToken(headers)), this.#digest)) {
      throw unauthenticated("The token is not the one of the service's token file.", 'invalid_token');
    }
    const tenant = headers['memory-tenant'];
    // A server for many would find all its tenants in one.
    if (tenant !== undefined && tenant !== scope.tenant) {
      throw new Refusal('forbidden', `A local memory has one tenant, "${scope.tenant}": Memory-Tenant names another.`);
    }
    return scope;
  }
}

/** Beside the database, so that both are found, kept and removed together. */
export function tokenFileOf(databasePath: string): string {
  return databasePath === ':memory:' ? join(tmpdir(), `memory-${process.pid}.token`) : resolve(`${databasePath}.token`);
}

/** The token of the file; where there is none, it is made, readable by its owner only. */
export function localToken(file: string): string {
  const token = randomBytes(32).toString('base64url');
  try {
    writeFileSync(file, `${token}\n`, { mode: 0o600, flag: 'wx' });
    return token;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  chmodSync(file, 0o600);
  const kept = readFileSync(file, 'utf8').trim();
  if (kept.length < SHORTEST) throw new Error(`${file} holds no token of this service: remove it, and start again`);
  return kept;
}

const digest = (text: string) => hash('sha256', text, 'buffer');
