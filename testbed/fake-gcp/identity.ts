/** Who asks: tokens of the fake cloud, and of the issuers that it trusts. */
import { generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { GoogleError } from './answer.ts';
import type { Clock } from './clock.ts';
import type { State } from './state.ts';

export type Claims = Readonly<Record<string, string | number | boolean>>;

/** Issuer of the tokens that GitHub gives to workflows. */
export const githubIssuer = 'https://token.actions.githubusercontent.com';

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const decoded = (part: string | undefined) => JSON.parse(Buffer.from(part ?? '', 'base64url').toString()) as Claims;

export class Identities {
  readonly #clock: Clock;
  readonly #state: State;
  readonly #tokens = new Map<string, { readonly principal: string; readonly expires: number }>();
  #keys: { readonly privateKey: KeyObject; readonly publicKey: KeyObject } | undefined;

  /** @param owner token of the project's owner, which never expires */
  constructor(clock: Clock, state: State, owner: string) {
    this.#clock = clock;
    this.#state = state;
    this.#tokens.set(owner, { principal: 'user:owner@example.test', expires: Number.POSITIVE_INFINITY });
  }

  /** A new access token. */
  issue(principal: string, seconds: number): { readonly token: string; readonly expireTime: string } {
    const token = `ya29.fake-${this.#state.next('token')}-${encoded({ principal }).slice(0, 24)}`;
    this.#tokens.set(token, { principal, expires: this.#clock.now + seconds * 1000 });
    return { token, expireTime: this.#clock.timestamp(seconds) };
  }

  /** Whose token it is; undefined where it is nobody's, or not valid any more. */
  principal(token: string | undefined): string | undefined {
    const found = token === undefined ? undefined : this.#tokens.get(token);
    return found && found.expires > this.#clock.now ? found.principal : undefined;
  }

  /**
   * A token as GitHub gives it to a workflow: signed, and valid for five minutes.
   * @param claims such as `repository_id`, `ref`; `aud` says who it is for
   */
  githubToken(claims: Claims): string {
    const seconds = Math.floor(this.#clock.now / 1000);
    const payload = { iss: githubIssuer, iat: seconds, nbf: seconds, exp: seconds + 300, ...claims };
    const signed = `${encoded({ alg: 'RS256', typ: 'JWT', kid: 'fake' })}.${encoded(payload)}`;
    return `${signed}.${sign('sha256', Buffer.from(signed), this.#pair().privateKey).toString('base64url')}`;
  }

  /** What a token says, when GitHub has signed it and it is valid now. @throws {GoogleError} */
  verified(token: string): Claims {
    const parts = token.split('.');
    const [header, payload, signature] = parts;
    const refused = (why: string) => new GoogleError('INVALID_ARGUMENT', why, { reason: 'invalid_grant' });
    if (parts.length !== 3) throw refused('Unable to parse the ID Token.');
    const { publicKey } = this.#pair();
    if (!verify('sha256', Buffer.from(`${header}.${payload}`), publicKey, Buffer.from(signature ?? '', 'base64url')))
      throw refused('The signature of the ID Token is invalid.');
    const claims = decoded(payload);
    const seconds = this.#clock.now / 1000;
    if (typeof claims.exp !== 'number' || claims.exp <= seconds)
      throw refused(`ID Token issued at ${claims.iat} is stale to sign-in.`);
    return claims;
  }

  #pair() {
    this.#keys ??= generateKeyPairSync('rsa', { modulusLength: 2048 });
    return this.#keys;
  }
}
