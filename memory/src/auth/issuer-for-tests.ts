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
  sign(
    claims: Readonly<Record<string, unknown>>,
    more?: { readonly algorithm?: 'HS256'; readonly kid?: string },
  ): Promise<string>;
  /** A new key signs from now on; the old one is no longer published. */
  rotate(): Promise<void>;
  /** False: it answers 503. */
  up: boolean;
  stop(): Promise<void>;
}

export const audience = 'memory';

export async function startIssuer(): Promise<Issuer> {
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
    return {
      kid,
      private: pair.privateKey,
      public: { ...(await exportJWK(pair.publicKey)), kid, alg: 'ES256', use: 'sig' },
    };
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
    sign: (claims, { algorithm, kid = key.kid } = {}) =>
      algorithm === 'HS256'
        ? new SignJWT(claims)
            .setProtectedHeader({ alg: 'HS256', kid })
            .sign(new TextEncoder().encode(JSON.stringify(key.public)))
        : new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid }).sign(key.private),
    async rotate() {
      key = await newKey();
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
