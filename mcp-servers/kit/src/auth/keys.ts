import { createLocalJWKSet, createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey } from 'jose';
import * as z from 'zod';
import { Refused } from '../hosting/answers.ts';
import type { GetJson } from './issuer-fetch.ts';

export interface KeysOptions {
  readonly issuer: string;
  /** Not set: the issuer's discovery document names it. */
  readonly jwksUrl?: string;
  readonly get: GetJson;
  readonly now: () => number;
}

const discovery = z.looseObject({ issuer: z.string(), jwks_uri: z.url() });

/** Milliseconds after which keys are asked for again, so that a withdrawn one does not live on. */
const FRESH = 10 * 60_000;
/** Milliseconds after which an unknown key id may make the server ask again. */
const COOLDOWN = 30_000;
/** Milliseconds for which known keys go on to serve while the issuer cannot be reached. */
const STALE = 24 * 3_600_000;

/** The keys of an issuer, fetched when first needed and again when they are rotated. */
export function issuerKeys({ issuer, jwksUrl, get, now }: KeysOptions): JWTVerifyGetKey {
  let remote: Promise<ReturnType<typeof createRemoteJWKSet>> | undefined;
  let fetchedAt = 0;
  const open = async () => {
    const url = jwksUrl ?? (await discover(issuer, get));
    return createRemoteJWKSet(new URL(url), {
      cacheMaxAge: FRESH,
      cooldownDuration: COOLDOWN,
      [customFetch]: async (wanted, { signal }) => {
        const answer = await get(wanted, signal);
        if (answer.ok) fetchedAt = now();
        return answer;
      },
    });
  };
  return async (header, token) => {
    remote ??= open();
    let keys: Awaited<typeof remote>;
    try {
      keys = await remote;
    } catch (error) {
      remote = undefined;
      throw unavailable(error);
    }
    try {
      return await keys(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error;
      const known = keys.jwks();
      if (known === undefined || now() - fetchedAt > STALE) throw unavailable(error);
      return createLocalJWKSet(known)(header, token);
    }
  };
}

async function discover(issuer: string, get: GetJson): Promise<string> {
  const base = issuer.replace(/\/$/, '');
  const url = `${base}/.well-known/openid-configuration`;
  const answer = await get(url);
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}`);
  const document = discovery.parse(await answer.json());
  if (document.issuer !== issuer) throw new Error(`${url} is of the issuer ${document.issuer}`);
  return document.jwks_uri;
}

const unavailable = (cause: unknown) =>
  new Refused(503, 'The keys of the issuer cannot be fetched. Repeat it later.', { 'retry-after': '5' }, cause);
