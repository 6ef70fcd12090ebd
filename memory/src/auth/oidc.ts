import { hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { ServiceAccountTenant } from '@ai-orchestra/configuration/tokens';
import { type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { Refusal } from '../api/errors.ts';
import type { Permission } from '../api/operations.ts';
import type { Scope } from '../api/service.ts';
import { type Authenticator, allPermissions, bearerToken, unauthenticated } from './authenticator.ts';

export interface OidcOptions {
  readonly issuer: string;
  readonly audience: string;
  readonly keys: JWTVerifyGetKey;
  readonly serviceAccounts: readonly ServiceAccountTenant[];
  /** Claim that holds a person's tenant; not set: only service accounts may call. */
  readonly tenantClaim?: string;
  readonly now: () => number;
}

/** What a token says, kept while it is good so that the same token is verified once. */
interface Verified {
  /** '*': the request names it. */
  readonly tenant: string;
  readonly principal: string;
  readonly permissions: ReadonlySet<Permission>;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** A withdrawn key is noticed after this time at the latest. */
const KEPT = 5 * 60_000;
const MOST_KEPT = 10_000;
const TOLERANCE_SECONDS = 30;
const TENANT = /^[A-Za-z0-9_-]{1,63}$/;
/** Signatures alone: a shared secret would have to be here too. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

/** A pod of the cluster reads and writes; whoever speaks for others passes on what it has checked of them. */
const POD: ReadonlySet<Permission> = new Set(['read', 'write']);

/** Verified tokens of one issuer: of the cluster's service accounts, and of people whose tenant is a claim. */
export class OidcAuthenticator implements Authenticator {
  readonly #options: OidcOptions;
  readonly #accounts: ReadonlyMap<string, string>;
  readonly #verified = new Map<string, Verified>();

  constructor(options: OidcOptions) {
    this.#options = options;
    this.#accounts = new Map(
      options.serviceAccounts.map(({ namespace, name, tenant }) => [
        `system:serviceaccount:${namespace}:${name}`,
        tenant,
      ]),
    );
  }

  authenticate(headers: IncomingHttpHeaders): Scope | Promise<Scope> {
    const token = bearerToken(headers);
    // The token itself is not kept.
    const key = hash('sha256', token, 'base64');
    const known = this.#verified.get(key);
    if (known !== undefined && this.#options.now() < known.until) return scopeOf(known, headers);
    return this.#verify(token, key).then((verified) => scopeOf(verified, headers));
  }

  async #verify(token: string, key: string): Promise<Verified> {
    const { issuer, audience, keys, now } = this.#options;
    let payload: JWTPayload;
    try {
      ({ payload } = await jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms: ALGORITHMS,
        requiredClaims: ['exp', 'sub'],
        clockTolerance: TOLERANCE_SECONDS,
        currentDate: new Date(now()),
      }));
    } catch (error) {
      if (error instanceof Refusal) throw error;
      throw unauthenticated('The token is not valid, or not for this service, or no longer.', 'invalid_token', error);
    }
    const { exp = 0, sub = '' } = payload;
    const until = Math.min((exp + TOLERANCE_SECONDS) * 1000, now() + KEPT);
    const verified = { ...this.#known(sub, payload), principal: sub, until };
    const oldest = this.#verified.keys().next();
    if (this.#verified.size >= MOST_KEPT && !oldest.done) this.#verified.delete(oldest.value);
    this.#verified.set(key, verified);
    return verified;
  }

  #known(subject: string, payload: JWTPayload): Pick<Verified, 'tenant' | 'permissions'> {
    if (subject.startsWith('system:serviceaccount:')) {
      const tenant = this.#accounts.get(subject);
      if (tenant === undefined) throw new Refusal('forbidden', `${subject} is not in MEMORY_SERVICE_ACCOUNTS.`);
      return { tenant, permissions: tenant === '*' ? allPermissions : POD };
    }
    const { tenantClaim } = this.#options;
    if (tenantClaim === undefined) throw new Refusal('forbidden', 'Only service accounts of the cluster may call.');
    const tenant = payload[tenantClaim];
    if (typeof tenant !== 'string' || !TENANT.test(tenant)) {
      throw new Refusal('forbidden', `The claim ${tenantClaim} of the token names no tenant.`);
    }
    return { tenant, permissions: permissionsOf(payload) };
  }
}

function scopeOf({ tenant, principal, permissions }: Verified, headers: IncomingHttpHeaders): Scope {
  const named = headers['memory-tenant'];
  if (tenant !== '*') {
    if (named === undefined || named === tenant) return { tenant, principal, permissions };
    throw new Refusal('forbidden', 'Memory-Tenant names a tenant that is not the one of the token.');
  }
  if (typeof named === 'string' && TENANT.test(named)) return { tenant: named, principal, permissions };
  throw new Refusal('forbidden', 'Name the tenant that you act for in Memory-Tenant: letters, digits, "_" and "-".');
}

function permissionsOf({ scope, scp }: JWTPayload): ReadonlySet<Permission> {
  const scopes = [scope, scp].flatMap((claim) => (typeof claim === 'string' ? claim.split(' ') : claim));
  return new Set([...allPermissions].filter((permission) => scopes.includes(`memory:${permission}`)));
}
