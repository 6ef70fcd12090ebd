import { hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { ServiceAccountTenant } from '@ai-orchestra/configuration/tokens';
import { type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { Refused } from '../hosting/answers.ts';
import type { Caller } from '../tools/tool.ts';
import type { Authenticator } from './authenticator.ts';
import { type ChallengeOptions, challenge, lacking, unauthenticated } from './challenge.ts';

export interface BearerOptions extends ChallengeOptions {
  readonly issuer: string;
  readonly audience: string;
  readonly keys: JWTVerifyGetKey;
  readonly serviceAccounts: readonly ServiceAccountTenant[];
  /** False: service accounts of the cluster alone may call. */
  readonly people: boolean;
  /** Claim that holds a person's tenant; not set: this server serves one tenant, or none. */
  readonly tenantClaim?: string;
  /** Every scope of the server: a pod has them all, as its tokens carry none. */
  readonly allScopes: readonly string[];
  readonly metadata?: Authenticator['metadata'];
  readonly now: () => number;
}

/** What a token says, kept while it is good so that the same token is verified once. */
interface Verified {
  readonly caller: Caller;
  /** The request names the tenant. */
  readonly names: boolean;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** Milliseconds after which a withdrawn key is noticed at the latest. */
const KEPT = 5 * 60_000;
const MOST_KEPT = 10_000;
const TOLERANCE_SECONDS = 30;
const TENANT = /^[A-Za-z0-9_-]{1,63}$/;
/** Signatures alone: a shared secret would have to be here too. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

/** Verified tokens of one issuer: of people (OAuth 2.1 resource server), and of a cluster's service accounts. */
export class BearerAuthenticator implements Authenticator {
  readonly #options: BearerOptions;
  readonly #accounts: ReadonlyMap<string, string>;
  readonly #verified = new Map<string, Verified>();
  readonly metadata?: Authenticator['metadata'];

  constructor(options: BearerOptions) {
    this.#options = options;
    if (options.metadata !== undefined) this.metadata = options.metadata;
    this.#accounts = new Map(
      options.serviceAccounts.map(({ namespace, name, tenant }) => [
        `system:serviceaccount:${namespace}:${name}`,
        tenant,
      ]),
    );
  }

  authenticate(headers: IncomingHttpHeaders): Caller | Promise<Caller> {
    const token = this.#token(headers);
    // The token itself is not kept.
    const key = hash('sha256', token, 'base64');
    const known = this.#verified.get(key);
    if (known !== undefined && this.#options.now() < known.until) return callerOf(known, headers);
    return this.#verify(token, key).then((verified) => callerOf(verified, headers));
  }

  stepUp(scope: string, caller: Caller): string {
    const scopes = [...new Set([...this.#options.scopes, ...caller.scopes, scope])].sort();
    return challenge({ ...this.#options, scopes }, 'insufficient_scope');
  }

  #token({ authorization }: IncomingHttpHeaders): string {
    if (authorization === undefined) throw unauthenticated(this.#options, 'Send Authorization: Bearer and a token.');
    const token = /^bearer +([\w.~+/=-]+) *$/i.exec(authorization)?.[1];
    if (token === undefined) {
      throw unauthenticated(this.#options, 'Authorization is not Bearer and a token.', 'invalid_request');
    }
    return token;
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
      if (error instanceof Refused) throw error;
      const message = 'The token is not valid, or not for this server, or no longer.';
      throw unauthenticated(this.#options, message, 'invalid_token', error);
    }
    const { exp = 0 } = payload;
    const verified = {
      ...(payload.sub?.startsWith('system:serviceaccount:') ? this.#pod(payload) : this.#person(payload)),
      until: Math.min((exp + TOLERANCE_SECONDS) * 1000, now() + KEPT),
    };
    const oldest = this.#verified.keys().next();
    if (this.#verified.size >= MOST_KEPT && !oldest.done) this.#verified.delete(oldest.value);
    this.#verified.set(key, verified);
    return verified;
  }

  #pod(claims: JWTPayload): Pick<Verified, 'caller' | 'names'> {
    const { sub: principal = '' } = claims;
    const tenant = this.#accounts.get(principal);
    if (tenant === undefined) throw new Refused(403, `${principal} is not in MCP_SERVICE_ACCOUNTS.`);
    const caller = { principal, scopes: new Set(this.#options.allScopes), claims };
    return tenant === '*' ? { caller, names: true } : { caller: { ...caller, tenant }, names: false };
  }

  #person(claims: JWTPayload): Pick<Verified, 'caller' | 'names'> {
    const { people, tenantClaim, scopes: needed } = this.#options;
    if (!people) throw new Refused(403, 'Only service accounts of the cluster may call.');
    const { sub: principal = '' } = claims;
    const scopes = scopesOf(claims);
    const missing = needed.filter((scope) => !scopes.has(scope));
    if (missing.length > 0) throw lacking(this.#options, missing);
    if (tenantClaim === undefined) return { caller: { principal, scopes, claims }, names: false };
    const tenant = claims[tenantClaim];
    if (typeof tenant !== 'string' || !TENANT.test(tenant)) {
      throw new Refused(403, `The claim ${tenantClaim} of the token names no tenant.`);
    }
    return { caller: { principal, tenant, scopes, claims }, names: false };
  }
}

function callerOf({ caller, names }: Verified, headers: IncomingHttpHeaders): Caller {
  const named = headers['mcp-tenant'];
  if (!names) {
    if (named === undefined || named === caller.tenant) return caller;
    throw new Refused(403, 'MCP-Tenant names a tenant that is not the one of the token.');
  }
  if (typeof named === 'string' && TENANT.test(named)) return { ...caller, tenant: named };
  throw new Refused(403, 'Name the tenant that you act for in MCP-Tenant: letters, digits, "_" and "-".');
}

function scopesOf({ scope, scp }: JWTPayload): ReadonlySet<string> {
  return new Set(
    [scope, scp].flatMap((claim) => (typeof claim === 'string' ? claim.split(' ') : texts(claim))).filter(Boolean),
  );
}

const texts = (claim: unknown): string[] =>
  Array.isArray(claim) ? claim.filter((one): one is string => typeof one === 'string') : [];
