import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

/** An issuer of tokens that listens on this machine: discovery document, keys, rotation, outage. */
export interface Issuer {
  readonly url: string;
  /** Requests for its keys so far. */
  readonly fetches: number;
  /** Header Authorization of the newest request. */
  readonly authorization: string | undefined;
  /** A token: `sub` ana, audience mcp, one hour, unless `claims` says otherwise; undefined takes a claim out. */
  sign(claims?: Readonly<Record<string, unknown>>, algorithm?: 'ES256' | 'HS256'): Promise<string>;
  /** A new key signs from now on; the old one is no longer published. */
  rotate(): Promise<void>;
  /** False: it answers 503. */
  up: boolean;
  stop(): Promise<void>;
}

/** @param now milliseconds since 1970 */
export async function startIssuer(now: () => number = Date.now): Promise<Issuer> {
  let count = 0;
  let key = await newKey();
  const seen = { fetches: 0, authorization: undefined as string | undefined, up: true };
  const server = createServer((request, response) => {
    seen.authorization = request.headers.authorization;
    if (!seen.up) return response.writeHead(503).end();
    response.setHeader('content-type', 'application/json');
    if (request.url === '/.well-known/openid-configuration') {
      return response.end(JSON.stringify({ issuer: url, jwks_uri: `${url}/keys` }));
    }
    if (request.url !== '/keys') return response.writeHead(404).end();
    seen.fetches += 1;
    return response.end(JSON.stringify({ keys: [key.public] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function newKey() {
    count += 1;
    const kid = `key-${count}`;
    const pair = await generateKeyPair('ES256');
    const published = { ...(await exportJWK(pair.publicKey)), kid, alg: 'ES256', use: 'sig' };
    return { kid, private: pair.privateKey, public: published };
  }

  return {
    url,
    get fetches() {
      return seen.fetches;
    },
    get authorization() {
      return seen.authorization;
    },
    get up() {
      return seen.up;
    },
    set up(up) {
      seen.up = up;
    },
    sign(claims = {}, algorithm = 'ES256') {
      const seconds = Math.floor(now() / 1000);
      const all = { iss: url, aud: 'mcp', sub: 'ana', iat: seconds, exp: seconds + 3600, ...claims };
      const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
      const token = new SignJWT(given).setProtectedHeader({ alg: algorithm, kid: key.kid });
      // The public key as a shared secret: what a verifier that trusts the header's algorithm would take.
      return token.sign(algorithm === 'HS256' ? new TextEncoder().encode(JSON.stringify(key.public)) : key.private);
    },
    async rotate() {
      key = await newKey();
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
